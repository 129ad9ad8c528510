namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function's forward leaves for its backward.</summary>
        public unsafe class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> _data = [];
            private nint _node;
            private int _savedCount;

            internal AutogradContext(nint node) => _node = node;

            internal List<Tensor> ToSave { get; private set; } = [];
            internal List<Tensor> Dirty { get; private set; } = [];
            internal List<Tensor> NonDifferentiable { get; private set; } = [];

            public bool MaterializeGrads { get; private set; } = true;

            public void save_for_backward(List<Tensor> tensors) => ToSave = tensors;
            public void mark_dirty(List<Tensor> tensors) => Dirty = tensors;
            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = tensors;
            public void save_data(string key, object value) => _data[key] = value;
            public object get_data(string key) => _data[key];

            public void set_materialize_grads(bool value)
            {
                MaterializeGrads = value;
                if (_node != 0) Native.shim_node_materialize(_node, value ? 1 : 0);
            }

            /// <summary>The tensors that forward saved; fails where one was changed in place since.</summary>
            public List<Tensor> get_saved_variables()
            {
                if (_node == 0) throw new ObjectDisposedException(nameof(AutogradContext));
                var saved = new nint[_savedCount];
                fixed (nint* to = saved) Native.Check(Native.shim_node_saved(_node, to));
                return [.. saved.Select(impl => impl == 0 ? null : new Tensor(impl))];
            }

            /// <summary>Lets the saved tensors go before the graph does.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (_node != 0) Native.shim_node_clear(_node);
                Forget();
            }

            /// <summary>Saves for real, once the outputs hang on the node.</summary>
            internal void Save(nint box)
            {
                var saved = Handles(ToSave);
                fixed (nint* from = saved) Native.Check(Native.shim_node_save(box, from, saved.Length));
                _savedCount = saved.Length;
                (ToSave, Dirty, NonDifferentiable) = (null, null, null);
            }

            /// <summary>The node is gone.</summary>
            internal void Forget()
            {
                _node = 0;
                _data.Clear();
            }
        }
    }
}
