using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>Decoding blocks by torch operators, on any device; the values equal those of the CPU kernels bit for bit.</summary>
internal static class BlockOperators
{
    private static readonly ConcurrentDictionary<(string Book, string Device), Tensor> s_pairs = [];

    /// <summary>The two levels <c>[256, 2]</c> that each byte of codes stands for, the high nibble's first.</summary>
    public static Tensor Pairs(CodeBook4 book, Device device) => s_pairs.GetOrAdd((book.Name, device.ToString()), _ =>
    {
        using var scope = NewDisposeScope();
        return tensor(PairLevels(book), 256, 2, device: device).DetachFromDisposeScope();
    });

    /// <summary>values, which start with a block, times their blocks' scales, in place.</summary>
    public static void Scale(Tensor values, Tensor scales, long blockSize)
    {
        var whole = values.numel() / blockSize;
        if (whole > 0)
            values.narrow(0, 0, whole * blockSize).view(whole, blockSize).mul_(scales.narrow(0, 0, whole).unsqueeze(1));
        if (whole * blockSize < values.numel())
            values.narrow(0, whole * blockSize, values.numel() - whole * blockSize).mul_(scales.narrow(0, whole, 1));
    }

    private static unsafe float[] PairLevels(CodeBook4 book)
    {
        var pairs = new float[512];
        for (var i = 0; i < 256; i++)
            (pairs[2 * i], pairs[2 * i + 1]) = (book.Tables.Decoded[i >> 4], book.Tables.Decoded[i & 15]);
        return pairs;
    }
}
