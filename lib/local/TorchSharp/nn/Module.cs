using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A part of a model: parameters, buffers and parts of its own, all by name.</summary>
        public partial class Module : IDisposable
        {
            private readonly List<(string Name, Parameter Value)> _parametersByName = [];
            private readonly List<(string Name, Tensor Value, bool Persistent)> _buffersByName = [];
            private readonly List<(string Name, Module Value)> _modulesByName = [];
            private readonly string _name;
            private bool _registered;

            protected Module(string name) => _name = name;

            ~Module() => Dispose(false);

            public bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, parameter) in _parametersByName) parameter.Dispose();
                foreach (var (_, buffer, _) in _buffersByName) buffer.Dispose();
                foreach (var (_, module) in _modulesByName) module.Dispose();
            }

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var module in children()) module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    using var gradient = parameter.grad;
                    if (gradient is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else ZeroDetached(gradient);
                }
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var module in children()) module.apply(fn);
                fn(this);
                return this;
            }

            private static void ZeroDetached(Tensor gradient)
            {
                gradient.detach_();
                gradient.zero_().Dispose();
            }
        }
    }
}
