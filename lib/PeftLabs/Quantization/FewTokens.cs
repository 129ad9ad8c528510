using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// Products of weights in host memory with a few tokens, as generating text needs them. A token's result is the same to the last bit
/// alone and among others, and for any number of threads.
/// </summary>
/// <remarks>
/// Codes are decoded in registers, once for four tokens; blockwise 8-bit codes and rows whose length is no multiple of sixteen once for
/// each token. A row that is no whole number of blocks is decoded to memory, once for all tokens.
/// </remarks>
internal static unsafe class FewTokens
{
    /// <summary>Up to so many tokens this takes less time than decoding to memory and a product of matrices.</summary>
    public const int Most = 16;

    // Bytes of weights, times the groups of four tokens, that are worth another thread.
    private const long Grain = 1 << 17;

    /// <summary>y [tokens, out] = x [tokens, in] · Wᵀ for each weight; all weights have as many columns.</summary>
    /// <param name="products">The weights, and the address of each one's y.</param>
    /// <param name="x">The tokens.</param>
    /// <param name="tokens">How many there are.</param>
    public static void Run(ReadOnlySpan<(TiledWeight Weight, nint Y)> products, float* x, int tokens)
    {
        var (rows, columns, bytes) = (0L, (int)products[0].Weight.Columns, 0L);
        foreach (var (weight, _) in products)
            (rows, bytes) = (rows + weight.Rows, bytes + weight.Bytes);
        var (threads, work) = (Environment.ProcessorCount, bytes * ((tokens + 3) / 4));
        if (threads == 1 || work < 2 * Grain)
        {
            Rows(products, 0, rows, x, columns, tokens);
            return;
        }
        // As many for each thread, and two rows are read at once.
        var (all, pairs, parts) = (products.ToArray(), (rows + 1) / 2, Math.Min((work / Grain + threads - 1) / threads, 4) * threads);
        Parallel.For(0, parts, part => Rows(all, pairs * part / parts * 2, Math.Min(rows, pairs * (part + 1) / parts * 2), x, columns, tokens));
    }

    // Rows [first, end) of all weights' rows counted through.
    private static void Rows(ReadOnlySpan<(TiledWeight Weight, nint Y)> products, long first, long end, float* x, int columns, int tokens)
    {
        foreach (var (weight, y) in products)
        {
            var (from, to) = ((int)Math.Max(0, first), (int)Math.Min(weight.Rows, end));
            if (from < to && tokens > 0)
                weight.MultiplyRows(from, to, new VectorBatch(x, columns, tokens, (nint)weight.Rows), (float*)y);
            (first, end) = (first - weight.Rows, end - weight.Rows);
        }
    }
}
