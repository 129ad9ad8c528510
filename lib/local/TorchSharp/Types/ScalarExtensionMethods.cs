using System.Numerics;

namespace TorchSharp;

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this BFloat16 value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this (float, float) value) => value;
    public static Scalar ToScalar(this Complex value) => value;
    public static Scalar ToBFloat16Scalar(this float value) => new BFloat16(value);

    public static byte ToByte(this Scalar value) => (byte)value.Int64Value;
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Int64Value;
    public static short ToInt16(this Scalar value) => (short)value.Int64Value;
    public static int ToInt32(this Scalar value) => (int)value.Int64Value;
    public static long ToInt64(this Scalar value) => value.Int64Value;
    public static Half ToHalf(this Scalar value) => (Half)value.DoubleValue;
    public static BFloat16 ToBFloat16(this Scalar value) => new((float)value.DoubleValue);
    public static float ToSingle(this Scalar value) => (float)value.DoubleValue;
    public static double ToDouble(this Scalar value) => value.DoubleValue;
    public static bool ToBoolean(this Scalar value) => value.ComplexValue != Complex.Zero;
    public static Complex ToComplexFloat64(this Scalar value) => value.ComplexValue;

    public static (float, float) ToComplexFloat32(this Scalar value) =>
        ((float)value.ComplexValue.Real, (float)value.ComplexValue.Imaginary);
}
