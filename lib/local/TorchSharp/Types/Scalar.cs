using System.Numerics;

namespace TorchSharp;

/// <summary>A number as libtorch keeps it: an integer, a float, a truth value or a complex number, each at its widest.</summary>
public sealed class Scalar : IDisposable
{
    private readonly Complex _complex;

    internal Scalar(Arg argument, torch.ScalarType type, Complex complex = default) =>
        (Argument, Type, _complex) = (argument, type, complex);


    public torch.ScalarType Type { get; }

    /// <summary>The number as operators take it.</summary>
    internal Arg Argument { get; }

    internal Complex ComplexValue => Argument.Tag == ValueTag.Complex ? _complex : DoubleValue;

    internal double DoubleValue => Argument.Tag switch
    {
        ValueTag.Double => BitConverter.Int64BitsToDouble(Argument.Bits),
        ValueTag.Complex => _complex.Real,
        _ => Argument.Bits,
    };

    internal long Int64Value => Argument.Tag is ValueTag.Double or ValueTag.Complex ? (long)DoubleValue : Argument.Bits;

    public static implicit operator Scalar(byte value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(sbyte value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(short value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(int value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(long value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(Half value) => new((double)value, torch.ScalarType.Float64);
    public static implicit operator Scalar(BFloat16 value) => new((double)(float)value, torch.ScalarType.Float64);
    public static implicit operator Scalar(float value) => new(value, torch.ScalarType.Float64);
    public static implicit operator Scalar(double value) => new(value, torch.ScalarType.Float64);
    public static implicit operator Scalar(bool value) => new(value, torch.ScalarType.Bool);

    public static implicit operator Scalar((float, float) value) => Of(new(value.Item1, value.Item2), torch.ScalarType.ComplexFloat64);
    public static implicit operator Scalar(Complex value) => Of(value, torch.ScalarType.ComplexFloat64);

    private static Scalar Of(Complex value, torch.ScalarType type) => new(Arg.Complex(value), type, value);

    public void Dispose()
    {
    }
}
