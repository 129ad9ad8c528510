using System.Runtime.Intrinsics.X86;

namespace PeftLabs.Quantization.Cpu;

/// <summary>Decodes whole matrices and tiles of rows over all cores, whatever the format.</summary>
internal static unsafe class TileDriver
{
    /// <summary>Bytes from which a result goes past the caches: it would push out everything else, and be gone before it is read.</summary>
    private const long StreamingBytes = 16 << 20;

    private const int PanelRows = 16;
    private const int PanelColumns = 256;

    /// <summary>destination = flat positions [first, first + count).</summary>
    public static void Decode<TSource>(TSource source, long first, long count, float* destination, int threads)
        where TSource : struct, IWeightSource
    {
        var streaming = count * sizeof(float) >= StreamingBytes && ((nint)destination & 63) == 0 && first % source.Unit == 0;
        Partition.Run(count, source.Unit, 1, threads, (start, end) =>
        {
            for (var i = start; i < end;)
            {
                var part = (int)Math.Min(end - i, 1 << 30);
                source.Decode(first + i, part, destination + i, streaming);
                i += part;
            }
            // Streaming stores are not ordered with the stores by which this thread tells that it is done.
            if (streaming && Sse.IsSupported)
                Sse.StoreFence();
        });
    }

    /// <summary>
    /// destination [columns, rows] = the rows from <paramref name="firstRow"/> on, transposed. Panels of 16 rows are decoded into a buffer
    /// of 16 KiB and turned from there, so that every store fills a cache line.
    /// </summary>
    public static void DecodeTransposed<TSource>(
        TSource source, int firstRow, int rows, int columns, float* destination, int threads)
        where TSource : struct, IWeightSource
    {
        Partition.Run(rows, PanelRows, columns, threads, (start, end) =>
        {
            var panel = stackalloc float[PanelRows * PanelColumns];
            for (var row = start; row < end; row += PanelRows)
                for (var column = 0; column < columns; column += PanelColumns)
                {
                    var (height, width) = ((int)Math.Min(PanelRows, end - row), Math.Min(PanelColumns, columns - column));
                    for (var i = 0; i < height; i++)
                        source.Decode((firstRow + row + i) * columns + column, width, panel + i * PanelColumns, streaming: false);
                    source.Kernels.Transpose(panel, PanelColumns, height, width, destination + (long)column * rows + row, rows);
                }
        });
    }

    /// <summary>
    /// y [tokens, rows] = x [tokens, columns] · Wᵀ, which takes less time a weight than decoding to memory and is split less finely. A
    /// token's sums do not depend on the other tokens, nor on the number of threads.
    /// </summary>
    public static void Multiply<TSource>(TSource source, int rows, int columns, float* x, int tokens, float* y, int threads)
        where TSource : struct, IWeightSource
    {
        if (tokens == 0)
            return;
        var vectors = new VectorBatch(x, columns, tokens, rows);
        Partition.Run(rows, 2, columns / 2 * ((tokens + 3L) / 4), threads,
            (start, end) => source.Multiply((int)start, (int)end, columns, vectors, y));
    }
}
