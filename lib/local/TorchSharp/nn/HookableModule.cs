namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module that runs hooks before and after its forward.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private readonly Dictionary<string, TPreHook> _preHooks = [];
            private readonly Dictionary<string, TPostHook> _postHooks = [];

            protected HookableModule(string name) : base(name)
            {
            }

            internal IEnumerable<TPreHook> PreHooks => _preHooks.Count == 0 ? [] : _preHooks.Values.ToArray();

            internal IEnumerable<TPostHook> PostHooks => _postHooks.Count == 0 ? [] : _postHooks.Values.ToArray();

            public HookRemover register_forward_pre_hook(TPreHook hook)
            {
                var key = Guid.NewGuid().ToString();
                _preHooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            public HookRemover register_forward_hook(TPostHook hook)
            {
                var key = Guid.NewGuid().ToString();
                _postHooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> _module;
                private readonly string _key;

                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key) => (_module, _key) = (module, key);

                public void remove()
                {
                    _module._preHooks.Remove(_key);
                    _module._postHooks.Remove(_key);
                }
            }
        }
    }
}
