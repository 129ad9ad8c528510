namespace PeftLabs.Quantization.Cpu;

/// <summary>Writes the codes of one block.</summary>
internal unsafe interface IBlockWriter
{
    CpuKernels Kernels { get; }

    /// <summary>Encodes a block that stands at flat position <paramref name="first"/>, and may change its scale.</summary>
    void Write(float* values, long first, int count, ref float absMax);
}

/// <summary>
/// Quantizes block by block over all cores: the largest magnitude, which also shows a weight that is not finite, then the codes.
/// </summary>
internal static unsafe class BlockEncoder
{
    private const int FirstNonFiniteBits = 0x7F800000;

    /// <param name="writer">Writes the codes.</param>
    /// <param name="values">count values, row-major.</param>
    /// <param name="count">Values; the last block may be short.</param>
    /// <param name="block">Values in a block.</param>
    /// <param name="absMax">One for each started block.</param>
    /// <param name="threads">At most.</param>
    public static void Run<TWriter>(TWriter writer, float* values, long count, int block, float* absMax, int threads)
        where TWriter : struct, IBlockWriter
    {
        var nonFinite = long.MaxValue;
        Partition.Run(Check.Blocks(count, block), 1, block, threads, (start, end) =>
        {
            for (var b = start; b < end; b++)
            {
                var (first, size) = (b * block, (int)Math.Min(block, count - b * block));
                var bits = writer.Kernels.MaxMagnitudeBits(values + first, size);
                if (bits >= FirstNonFiniteBits)
                {
                    Lower(ref nonFinite, first + FirstNonFinite(values + first));
                    return;
                }
                absMax[b] = BitConverter.Int32BitsToSingle(bits);
                writer.Write(values + first, first, size, ref absMax[b]);
            }
        });
        if (nonFinite != long.MaxValue)
            throw new NonFiniteWeightException(nonFinite, values[nonFinite]);
    }

    private static int FirstNonFinite(float* values)
    {
        var i = 0;
        while (float.IsFinite(values[i]))
            i++;
        return i;
    }

    private static void Lower(ref long lowest, long candidate)
    {
        for (var seen = Volatile.Read(ref lowest); candidate < seen;)
        {
            var found = Interlocked.CompareExchange(ref lowest, candidate, seen);
            if (found == seen)
                return;
            seen = found;
        }
    }
}
