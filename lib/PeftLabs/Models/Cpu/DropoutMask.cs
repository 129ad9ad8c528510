namespace PeftLabs.Models.Cpu;

/// <summary>
/// Which elements of a tensor dropout keeps, as a function of a seed and the element's index alone: it needs no memory, and is the same
/// in forward, in backward, and in a forward that is run again. On a CPU, element i is kept where a hash of 32 bits, two rounds of
/// multiplications and shifts, of i and the seed is at least <see cref="Threshold"/>.
/// </summary>
/// <param name="Seed">The seed.</param>
/// <param name="Share">The share that is dropped, above 0 and at most 1.</param>
internal readonly record struct DropoutMask(ulong Seed, double Share)
{
    /// <summary>The multipliers of a round.</summary>
    public const uint FirstFactor = 0x7FEB352D, SecondFactor = 0x846CA68B;

    /// <summary>Hashes below it are dropped.</summary>
    public uint Threshold => (uint)Math.Min(uint.MaxValue, Math.Round(Share * 4294967296.0));

    /// <summary>What is kept is scaled up by 1 / (1 − p), so that inference needs no factor.</summary>
    public float Scale => Share < 1 ? (float)(1 / (1 - Share)) : 0;

    /// <summary>The hash's two keys for elements whose index has these upper 32 bits.</summary>
    public (uint First, uint Second) Keys(uint upper)
    {
        var mixed = (Seed ^ upper * 0x9E3779B97F4A7C15) * 0xD1342543DE82EF95;
        mixed = (mixed ^ mixed >> 32) * 0xD1342543DE82EF95;
        return ((uint)mixed, (uint)(mixed >> 32));
    }

    /// <summary>The hash of an element.</summary>
    public uint Hash(long index)
    {
        var (first, second) = Keys((uint)(index >> 32));
        return Round(Round((uint)index ^ first) + second);
    }

    private static uint Round(uint h)
    {
        h = (h ^ h >> 16) * FirstFactor;
        h = (h ^ h >> 15) * SecondFactor;
        return h ^ h >> 16;
    }
}
