using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(0L, stop, 1L, dtype ?? (Integral(stop) ? ScalarType.Int64 : null), device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(start, stop, 1L, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false) =>
        Op.Call("arange.start_step", start, stop, step,
            dtype ?? (Integral(start) && Integral(stop) && Integral(step) ? ScalarType.Int64 : _defaultDtype),
            Arg.Default, device ?? _defaultDevice).with_requires_grad(requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false) =>
        Op.Call("linspace", (Scalar)start, (Scalar)end, steps, dtype ?? _defaultDtype, Arg.Default, device ?? _defaultDevice)
            .with_requires_grad(requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Op.Call("eye.m", rows, columns < 0 ? rows : columns, dtype ?? _defaultDtype, Arg.Default, Plain(device, names))
            .with_requires_grad(requires_grad);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null) =>
        Op.Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, Arg.Default, device ?? _defaultDevice)
            .with_requires_grad(requires_grad);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Op.Call("randint.low_generator", low, high, size, generator, dtype ?? ScalarType.Int64, Arg.Default, Plain(device, names))
            .with_requires_grad(requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) => randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) => randint(low, high, size.Shape, dtype, device, requires_grad, generator,
            names);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) => randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null)
    {
        var tensor = randn(size, dtype, device, false, generator, names);
        return tensor.mul_(std).add_(mean).with_requires_grad(requires_grad);
    }

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Like("zeros_like", input, dtype, device, requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Like("ones_like", input, dtype, device, requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Like("empty_like", input, dtype, device, requires_grad, names);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Op.Call("full_like", input, value, dtype, Arg.Default, names is null ? device : Plain(device, names))
            .with_requires_grad(requires_grad);

    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Op.Call("empty_strided", size, strides, dtype ?? _defaultDtype, Arg.Default, Plain(device, names))
            .with_requires_grad(requires_grad);

    private static ScalarType Natural(ScalarType type) =>
        is_integral(type) ? ScalarType.Int64 : is_complex(type) ? ScalarType.ComplexFloat32 : _defaultDtype;

    private static bool Integral(Scalar value) => is_integral(value.Type);

    private static Tensor Like(string op, Tensor input, ScalarType? dtype, Device device, bool requires_grad, string[] names = null) =>
        Op.Call(op, input, dtype, Arg.Default, names is null ? device : Plain(device, names)).with_requires_grad(requires_grad);

    private static Tensor Sized(string op, long[] size, ScalarType? dtype, Device device, bool requires_grad, string[] names) =>
        Op.Call(op, size, dtype ?? _defaultDtype, Arg.Default, Plain(device, names)).with_requires_grad(requires_grad);

    private static Tensor Sample(string op, long[] size, Generator generator, ScalarType? dtype, Device device, bool requires_grad,
        string[] names) =>
        Op.Call(op, size, generator, dtype ?? _defaultDtype, Arg.Default, Plain(device, names)).with_requires_grad(requires_grad);

    private static Tensor Filled(long[] size, Scalar value, ScalarType? dtype, Device device, bool requires_grad, string[] names) =>
        Op.Call("full", size, value, dtype ?? Natural(value.Type), Arg.Default, Plain(device, names)).with_requires_grad(requires_grad);

    private static Device Plain(Device device, string[] names) =>
        names is null ? device ?? _defaultDevice : throw new NotSupportedException("named dimensions are not supported");

    private static unsafe Tensor From<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> size, ScalarType? dtype, Device device,
        bool requires_grad, string[] names = null)
        where T : unmanaged
    {
        var own = OwnType(typeof(T));
        var tensor = Op.Call("empty.memory_format", size.ToArray(), own, Arg.Default, Plain(CPU, names));
        if (tensor.NumberOfElements != data.Length)
        {
            tensor.Dispose();
            throw new ArgumentException(
                $"mismatched total size creating a tensor from an array: {data.Length} elements for {string.Join('x', size.ToArray())}");
        }
        if (data.Length > 0) data.CopyTo(new Span<T>((void*)tensor.HostData(), data.Length));
        var (type, place) = (dtype ?? own, device ?? _defaultDevice);
        if (type != own || place.type != DeviceType.CPU)
        {
            using var original = tensor;
            tensor = original.to(type, place);
        }
        return tensor.with_requires_grad(requires_grad);
    }

    private static ScalarType OwnType(Type type) => Enum.GetValues<ScalarType>().First(dtype => Tensor.Fits(type, dtype));

    private static long[] Lengths(Array array) => [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)];

    private static ReadOnlySpan<T> Flat<T>(Array array) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}
