using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>The whole blocks around a range of values: the first block, their number, and the values from the first one's start on.</summary>
internal readonly record struct BlockRange(long First, long Count, long Start, long Values)
{
    /// <summary>The blocks around [first, first + count) of <paramref name="total"/> values, the last block perhaps short.</summary>
    public static BlockRange Of(long first, long count, long total, long blockSize)
    {
        var block = first / blockSize;
        var end = Check.Blocks(first + count, blockSize);
        return new(block, end - block, block * blockSize, Math.Min(end * blockSize, total) - block * blockSize);
    }
}
