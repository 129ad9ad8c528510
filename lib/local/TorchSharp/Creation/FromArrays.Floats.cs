using System.Numerics;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(Half[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Half>(Flat<Half>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Half[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Half>(Flat<Half>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Half[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Half>(Flat<Half>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<Half>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(Half[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Half>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<Half>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(BFloat16[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<BFloat16>(Flat<BFloat16>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(BFloat16[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<BFloat16>(Flat<BFloat16>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(BFloat16[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<BFloat16>(Flat<BFloat16>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(BFloat16[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<BFloat16>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(BFloat16[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<BFloat16>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<BFloat16> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<BFloat16>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<float>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(float[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<float>(Flat<float>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(float[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<float>(Flat<float>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(float[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<float>(Flat<float>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<float>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(float[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<float>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<double> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<double>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(double[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<double>(Flat<double>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(double[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<double>(Flat<double>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(double[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<double>(Flat<double>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<double>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(double[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<double>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor((float, float)[,,,] rawArray, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<(float, float)>(Flat<(float, float)>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor((float, float)[,,] rawArray, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<(float, float)>(Flat<(float, float)>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor((float, float)[,] rawArray, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<(float, float)>(Flat<(float, float)>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor((float, float)[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<(float, float)>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor((float, float)[] rawArray, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<(float, float)>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Complex[,,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Complex>(Flat<Complex>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Complex[,,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Complex>(Flat<Complex>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Complex[,] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Complex>(Flat<Complex>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
    public static Tensor tensor(Complex[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        From<Complex>(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(Complex[] rawArray, ScalarType? dtype = default, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        From<Complex>(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(Memory<Complex> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = default,
        Device device = null, bool requires_grad = false, string[] names = null) =>
        From<Complex>(rawArray.Span, dimensions, dtype, device, requires_grad, names);
}
