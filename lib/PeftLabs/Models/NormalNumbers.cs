namespace PeftLabs.Models;

/// <summary>
/// Normally distributed numbers that depend on nothing but the seed, a name and their index: any part can be made at any time,
/// in any order, on any number of threads, and on any machine with the same bits.
/// </summary>
public sealed unsafe class NormalNumbers(ulong seed, string name, double deviation = 1)
{
    private readonly RandomBits _bits = new(seed, name);
    private readonly float _deviation = (float)deviation;

    /// <summary>Fills a span with the numbers from index <paramref name="first"/> on.</summary>
    public void Fill(Span<float> values, long first)
    {
        var i = 0;
        if (first % 2 == 1 && values.Length > 0)
            values[i++] = Number((uint)(_bits[first >> 1] >> 32));
        for (; i + 1 < values.Length; i += 2)
        {
            // Each 64 bits make two numbers, the one with the even index from the lower half.
            var bits = _bits[(first + i) >> 1];
            values[i] = Number((uint)bits);
            values[i + 1] = Number((uint)(bits >> 32));
        }
        if (i < values.Length)
            values[i] = Number((uint)_bits[(first + i) >> 1]);
    }

    // The lowest bit is the sign; the others are the chance, from 2⁻³¹ to 1, of a larger magnitude.
    private float Number(uint bits)
    {
        var chance = (float)((bits >> 1) + 1);
        var magnitude = NormalQuantiles.Magnitude(chance) * _deviation;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) ^ bits << 31);
    }
}
