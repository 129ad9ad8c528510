using System.Runtime.Intrinsics.X86;

namespace PeftLabs.Quantization;

/// <summary>
/// The float32 buffer through which a product reads a stored matrix: a tile of rows, about a mebibyte, so that it stays in the caches
/// between decoding and multiplying, but not so few rows that the product is thin.
/// </summary>
public static class TileBuffer
{
    private const long Values = 1 << 18;
    private const long FewestRows = 128;

    // Kernels turn tiles in panels of 16 rows.
    private const long RowMultiple = 16;

    /// <summary>
    /// Whether x·Wᵀ reads even a float32 matrix by turned tiles. OpenBLAS' AVX2 kernels take nearly twice as long for a matrix that lies
    /// transposed; those for AVX-512 do not mind.
    /// </summary>
    internal static bool TurnsFloat32 { get; } = !Avx512F.IsSupported;

    /// <summary>Rows of a tile of a matrix <c>[rows, columns]</c>; all tiles have about as many, the last one perhaps fewer.</summary>
    public static long Rows(long rows, long columns)
    {
        var most = Math.Max(FewestRows, Values / Math.Max(1, columns));
        var tiles = Math.Max(1, (rows + most - 1) / most);
        return Math.Min(rows, ((rows + tiles - 1) / tiles + RowMultiple - 1) / RowMultiple * RowMultiple);
    }

    /// <summary>Bytes of the buffer for a matrix <c>[rows, columns]</c>.</summary>
    public static long Bytes(long rows, long columns) => sizeof(float) * Rows(rows, columns) * columns;

    /// <summary>Bytes of the buffer when a matrix <c>[rows, columns]</c> of this format is multiplied in forward, on a CPU.</summary>
    public static long ForwardBytes(WeightFormat format, long rows, long columns) =>
        format == WeightFormat.Float32 && !TurnsFloat32 ? 0 : Bytes(rows, columns);
}
