using static TorchSharp.torch.TensorIndex;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params long[] indices]
        {
            get => index(Array.ConvertAll(indices, i => (TensorIndex)i));
            set => index_put_(value, Array.ConvertAll(indices, i => (TensorIndex)i));
        }

        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, (TensorIndex)i1);
        }

        public Tensor this[long i1, long i2]
        {
            get => index([(TensorIndex)i1, i2]);
            set => index_put_(value, (TensorIndex)i1, i2);
        }

        public Tensor this[long i1, long i2, long i3]
        {
            get => index([(TensorIndex)i1, i2, i3]);
            set => index_put_(value, (TensorIndex)i1, i2, i3);
        }

        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index([(TensorIndex)i1, i2, i3, i4]);
            set => index_put_(value, (TensorIndex)i1, i2, i3, i4);
        }

        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index([(TensorIndex)i1, i2, i3, i4, i5]);
            set => index_put_(value, (TensorIndex)i1, i2, i3, i4, i5);
        }

        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index([(TensorIndex)i1, i2, i3, i4, i5, i6]);
            set => index_put_(value, (TensorIndex)i1, i2, i3, i4, i5, i6);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = View(indices);
            var result = tensors is null ? view : Op.Call("index.Tensor", view, tensors);
            return scope.MoveToOuter(ReferenceEquals(result, this) ? alias() : result);
        }

        public Tensor index(params Tensor[] indices) => Op.Call("index.Tensor", this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = full([], value, dtype, device);
            return index_put_(number, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var number = full([], value, dtype, device);
            return index_put_(number, indices, false);
        }

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            Op.InPlace("index_put_", this, indices, value, accumulate);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = View(indices);
            if (tensors is not null) Op.InPlace("index_put_", view, tensors, value.to(device), accumulate);
            else if (accumulate) view.add_(value);
            else view.copy_(value);
            return this;
        }

        /// <summary>Applies numbers, slices and new axes as views; what tensors are left select elements of that view.</summary>
        private (Tensor View, Tensor[] Tensors) View(TensorIndex[] indices)
        {
            var view = this;
            var tensors = new List<Tensor>();
            var given = indices.Sum(Consumed);
            var axis = 0L;
            foreach (var index in indices)
                switch (index.Which)
                {
                    case Kind.Single:
                        view = view.select(axis, index.Start.Value);
                        break;
                    case Kind.Slice:
                        if (index.Start is not null || index.Stop is not null || index.Step is not null)
                            view = Op.Call("slice.Tensor", view, axis, index.Start, index.Stop, index.Step ?? 1);
                        axis++;
                        break;
                    case Kind.Ellipsis:
                        axis += Math.Max(0, Dimensions - given);
                        break;
                    case Kind.None or Kind.Null:
                        view = view.unsqueeze(axis++);
                        break;
                    case Kind.Bool:
                        view = view.unsqueeze(axis);
                        Place(tensors, axis++, index.Start == 1 ? zeros(1, int64, device) : zeros(0, int64, device));
                        break;
                    default:
                        Place(tensors, axis, index.Value.to(view.device));
                        axis += Consumed(index);
                        break;
                }
            return (view, tensors.Count > 0 ? tensors.ToArray() : null);
        }

        private static void Place(List<Tensor> tensors, long axis, Tensor tensor)
        {
            while (tensors.Count < axis) tensors.Add(null);
            tensors.Add(tensor);
        }

        private static long Consumed(TensorIndex index) => index.Which switch
        {
            Kind.Single or Kind.Slice => 1,
            Kind.Tensor => index.Value.dtype is ScalarType.Bool or ScalarType.Byte ? index.Value.dim() : 1,
            _ => 0,
        };
    }
}
