namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<bool>(Flat<bool>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<bool>(Flat<bool>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<bool>(Flat<bool>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<bool>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<bool>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<byte>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(byte[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<byte>(Flat<byte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(byte[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<byte>(Flat<byte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<byte>(Flat<byte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<byte>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<byte>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<sbyte>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<sbyte>(Flat<sbyte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<sbyte>(Flat<sbyte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<sbyte>(Flat<sbyte>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<sbyte>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<sbyte>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<short> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<short>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(short[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<short>(Flat<short>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(short[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<short>(Flat<short>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(short[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<short>(Flat<short>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(short[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<short>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(short[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<short>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<int>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(int[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<int>(Flat<int>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(int[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<int>(Flat<int>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(int[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<int>(Flat<int>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<int>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(int[] rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<int>(rawArray, [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);
    public static Tensor tensor(int[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<int>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<long>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(long[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<long>(Flat<long>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(long[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<long>(Flat<long>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(long[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<long>(Flat<long>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<long>(dataArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(long[] dataArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<long>(dataArray, [dataArray.Length], dtype, device, requires_grad, names);
}
