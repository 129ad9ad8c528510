namespace TorchSharp;

public static partial class torch
{
    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled(size.ToArray(), value, dtype, device, requires_grad, names);
    public static Tensor full(int dim0, int dim1, int dim2, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled([dim0, dim1, dim2], value, dtype, device, requires_grad, names);
    public static Tensor full(int dim0, int dim1, int dim2, int dim3, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad, names);
    public static Tensor full(int rows, int columns, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled([rows, columns], value, dtype, device, requires_grad, names);
    public static Tensor full(int size, Scalar value, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Filled([size], value, dtype, device, requires_grad, names);
    public static Tensor full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled([dim0, dim1, dim2], value, dtype, device, requires_grad, names);
    public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        Filled([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad, names);
    public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Filled([rows, columns], value, dtype, device, requires_grad, names);
    public static Tensor full(long size, Scalar value, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Filled([size], value, dtype, device, requires_grad, names);
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Filled(size, value, dtype, device, requires_grad, names);

    public static Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", size.ToArray(), generator, dtype, device, requires_grad, names);
    public static Tensor rand(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor rand(int dim0, int dim1, int dim2, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor rand(int rows, int columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor rand(int size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long rows, long columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long[] size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("rand.generator", size, generator, dtype, device, requires_grad, names);

    public static Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", size.ToArray(), generator, dtype, device, requires_grad, names);
    public static Tensor randn(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor randn(int dim0, int dim1, int dim2, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor randn(int rows, int columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor randn(int size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long rows, long columns, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long[] size, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Sample("randn.generator", size, generator, dtype, device, requires_grad, names);
}
