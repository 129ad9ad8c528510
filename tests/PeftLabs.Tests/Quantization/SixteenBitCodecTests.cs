using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public class SixteenBitCodecTests
{
    private static readonly float[] Corners =
    [
        0, -0f, 1, -1, float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        65504, 65519.996f, 65520, -65520, 6.1035156e-05f, 6.1e-05f, 5.9604645e-08f, 2.9802322e-08f, 2.9802326e-08f, 1e-8f,
        BitConverter.Int32BitsToSingle(0x7F800001), BitConverter.Int32BitsToSingle(unchecked((int)0xFFC12345)),
    ];

    [Theory]
    [MemberData(nameof(Weights.Paths), MemberType = typeof(Weights))]
    public void Every_float16_widens_as_Half_does_and_narrows_back(string path)
    {
        var codec = new SixteenBitCodec(SixteenBitFormat.Float16) { Kernels = Weights.Path(path) };
        var codes = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        var values = new float[codes.Length];
        codec.Widen(codes, values);
        var back = new ushort[codes.Length];
        codec.Narrow(values, back);
        for (var i = 0; i < codes.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(codes[i]);
            if (float.IsNaN(expected))
                Assert.True(float.IsNaN(values[i]) && back[i] == (codes[i] | 0x200));
            else
                Assert.True(expected.Equals(values[i]) && float.IsNegative(expected) == float.IsNegative(values[i]) && back[i] == codes[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Weights.Paths), MemberType = typeof(Weights))]
    public void Narrowing_to_float16_rounds_as_Half_does(string path)
    {
        var values = Samples();
        var codes = new ushort[values.Length];
        new SixteenBitCodec(SixteenBitFormat.Float16) { Kernels = Weights.Path(path) }.Narrow(values, codes);
        for (var i = 0; i < values.Length; i++)
            if (float.IsNaN(values[i]))
                Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(codes[i])));
            else
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)values[i]), codes[i]);
    }

    [Theory]
    [MemberData(nameof(Weights.Paths), MemberType = typeof(Weights))]
    public void Narrowing_to_bfloat16_takes_the_nearest_and_the_even_one_of_two(string path)
    {
        var values = Samples();
        var codec = new SixteenBitCodec(SixteenBitFormat.BFloat16) { Kernels = Weights.Path(path) };
        var codes = new ushort[values.Length];
        codec.Narrow(values, codes);
        var back = new float[values.Length];
        codec.Widen(codes, back);
        for (var i = 0; i < values.Length; i++)
            if (float.IsFinite(values[i]))
                Assert.Equal(NearestBFloat16(values[i]), codes[i]);
            else
                Assert.True(values[i].Equals(back[i]) && float.IsNegative(values[i]) == float.IsNegative(back[i]));
    }

    // Below and above in bfloat16 order are neighbours as integers; in float64 the distances to both are exact.
    private static ushort NearestBFloat16(float value)
    {
        var below = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        double Widened(int code) => (code & 0x7FFF) == 0x7F80
            ? Math.CopySign(Math.Pow(2, 128), code >= 0x8000 ? -1 : 1)
            : BitConverter.UInt32BitsToSingle((uint)code << 16);
        var (low, high) = (Math.Abs(value - Widened(below)), Math.Abs(Widened(below + 1) - value));
        return low < high || (low == high && below % 2 == 0) ? below : (ushort)(below + 1);
    }

    private static float[] Samples()
    {
        var random = new Random(7);
        int Bits() => random.Next(int.MinValue, int.MaxValue);
        return [.. Corners, .. Enumerable.Range(0, 20_003).Select(_ => BitConverter.Int32BitsToSingle(Bits())),
            .. Enumerable.Range(0, 5_000).Select(_ => BitConverter.Int32BitsToSingle(Bits() & ~0xFFF)),
            .. Enumerable.Range(0, 5_000).Select(_ => random.NextSingle() * MathF.Pow(2, random.Next(-26, 17)))];
    }
}
