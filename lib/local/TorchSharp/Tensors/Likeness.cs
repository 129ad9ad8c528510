namespace TorchSharp;

public static partial class torch
{
    public static Tensor rand_like(Tensor input, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        input.rand_like(dtype, device, requires_grad);
    public static Tensor randn_like(Tensor input, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        input.randn_like(dtype, device, requires_grad);
    public static Tensor randint_like(Tensor input, long low, long high, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false) =>
        input.randint_like(low, high, dtype, device, requires_grad);

    public partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            torch.zeros_like(this, dtype, device, requires_grad);
        public Tensor ones_like(ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            torch.ones_like(this, dtype, device, requires_grad);
        public Tensor empty_like(ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            torch.empty_like(this, dtype, device, requires_grad);
        public Tensor rand_like(ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Like("rand_like", this, dtype, device, requires_grad);
        public Tensor randn_like(ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Like("randn_like", this, dtype, device, requires_grad);
        public Tensor full_like(Scalar value, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            torch.full_like(this, value, dtype, device, requires_grad);
        public Tensor randint_like(long low, long high, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("randint_like.low_dtype", this, low, high, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(long size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_zeros", this, new[] { size }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(long rows, long columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_zeros", this, new[] { rows, columns }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(long dim0, long dim1, long dim2, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_zeros", this, new[] { dim0, dim1, dim2 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_zeros", this, new[] { dim0, dim1, dim2, dim3 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(long[] size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_zeros", this, size, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_zeros(ReadOnlySpan<long> size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_zeros", this, size.ToArray(), dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_ones(long size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_ones", this, new[] { size }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_ones(long rows, long columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_ones", this, new[] { rows, columns }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_ones(long dim0, long dim1, long dim2, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_ones", this, new[] { dim0, dim1, dim2 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_ones", this, new[] { dim0, dim1, dim2, dim3 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(long size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_empty", this, new[] { size }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(long rows, long columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_empty", this, new[] { rows, columns }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(long dim0, long dim1, long dim2, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_empty", this, new[] { dim0, dim1, dim2 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_empty", this, new[] { dim0, dim1, dim2, dim3 }, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(long[] size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_empty", this, size, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_empty(ReadOnlySpan<long> size, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_empty", this, size.ToArray(), dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_full(long size, Scalar value, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
            Op.Call("new_full", this, new[] { size }, value, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_full(long rows, long columns, Scalar value, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_full", this, new[] { rows, columns }, value, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_full", this, new[] { dim0, dim1, dim2 }, value, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = default,
            Device device = null, bool requires_grad = false) =>
            Op.Call("new_full", this, new[] { dim0, dim1, dim2, dim3 }, value, dtype, Arg.Default,
                device).with_requires_grad(requires_grad);
        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_full", this, size, value, dtype, Arg.Default, device).with_requires_grad(requires_grad);
        public Tensor new_full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = default, Device device = null,
            bool requires_grad = false) =>
            Op.Call("new_full", this, size.ToArray(), value, dtype, Arg.Default, device).with_requires_grad(requires_grad);
    }
}
