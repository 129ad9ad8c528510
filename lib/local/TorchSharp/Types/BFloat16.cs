using System.Globalization;

namespace TorchSharp;

/// <summary>The upper half of a float32: 8 bits of exponent, 7 of mantissa; rounds to nearest even.</summary>
public readonly struct BFloat16 : IComparable, IComparable<BFloat16>, IEquatable<BFloat16>, IFormattable
{
    private readonly ushort _bits;

    public BFloat16(float f)
    {
        var bits = BitConverter.SingleToUInt32Bits(f);
        _bits = float.IsNaN(f) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private BFloat16(ushort bits) => _bits = bits;

    public static readonly BFloat16 Zero = FromRawValue(0);
    public static readonly BFloat16 One = FromRawValue(0x3f80);
    public static readonly BFloat16 Epsilon = FromRawValue(0x3c00);
    public static readonly BFloat16 MaxValue = FromRawValue(0x7f7f);
    public static readonly BFloat16 MinValue = FromRawValue(0xff7f);
    public static readonly BFloat16 MinNormal = FromRawValue(0x0080);
    public static readonly BFloat16 SmallestSubnormal = FromRawValue(1);
    public static readonly BFloat16 NaN = FromRawValue(0x7fc0);
    public static readonly BFloat16 PositiveInfinity = FromRawValue(0x7f80);
    public static readonly BFloat16 NegativeInfinity = FromRawValue(0xff80);

    public static BFloat16 FromRawValue(ushort rawValue) => new(rawValue);

    public static explicit operator BFloat16(float f) => new(f);
    public static explicit operator BFloat16(double d) => new((float)d);
    public static explicit operator float(BFloat16 bf) => bf.Value;
    public static explicit operator double(BFloat16 bf) => bf.Value;

    public static BFloat16 operator +(BFloat16 a, BFloat16 b) => new(a.Value + b.Value);
    public static BFloat16 operator -(BFloat16 a, BFloat16 b) => new(a.Value - b.Value);
    public static BFloat16 operator *(BFloat16 a, BFloat16 b) => new(a.Value * b.Value);
    public static BFloat16 operator /(BFloat16 a, BFloat16 b) => new(a.Value / b.Value);
    public static BFloat16 operator %(BFloat16 a, BFloat16 b) => new(a.Value % b.Value);
    public static BFloat16 operator -(BFloat16 a) => new(-a.Value);
    public static bool operator ==(BFloat16 a, BFloat16 b) => a.Value == b.Value;
    public static bool operator !=(BFloat16 a, BFloat16 b) => a.Value != b.Value;
    public static bool operator <(BFloat16 a, BFloat16 b) => a.Value < b.Value;
    public static bool operator >(BFloat16 a, BFloat16 b) => a.Value > b.Value;
    public static bool operator <=(BFloat16 a, BFloat16 b) => a.Value <= b.Value;
    public static bool operator >=(BFloat16 a, BFloat16 b) => a.Value >= b.Value;

    public static bool IsNaN(BFloat16 bf) => float.IsNaN(bf.Value);
    public static bool IsFinite(BFloat16 bf) => float.IsFinite(bf.Value);
    public static bool IsInfinity(BFloat16 bf) => float.IsInfinity(bf.Value);
    public static bool IsPositiveInfinity(BFloat16 bf) => float.IsPositiveInfinity(bf.Value);
    public static bool IsNegativeInfinity(BFloat16 bf) => float.IsNegativeInfinity(bf.Value);

    public int CompareTo(BFloat16 other) => Value.CompareTo(other.Value);

    public int CompareTo(object obj) => obj is null ? 1 : obj is BFloat16 other ? CompareTo(other)
        : throw new ArgumentException($"a BFloat16 cannot be compared with a {obj.GetType().Name}", nameof(obj));

    public bool Equals(BFloat16 other) => Value.Equals(other.Value);
    public override bool Equals(object obj) => obj is BFloat16 other && Equals(other);
    public override int GetHashCode() => Value.GetHashCode();
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public string ToString(string format, IFormatProvider formatProvider) => Value.ToString(format, formatProvider);

    private float Value => BitConverter.UInt32BitsToSingle((uint)_bits << 16);
}
