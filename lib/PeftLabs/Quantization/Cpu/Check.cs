using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

/// <summary>The lengths of spans, before raw pointers are made of them.</summary>
internal static class Check
{
    public static long Blocks(long values, long blockSize) => (values + blockSize - 1) / blockSize;

    /// <summary>Rows of so many columns that make whole blocks.</summary>
    public static long RowUnit(long blockSize, long columns) => blockSize / (long)System.Numerics.BigInteger.GreatestCommonDivisor(blockSize, columns);

    public static void Length(string name, long found, long expected)
    {
        if (found != expected)
            throw new ArgumentException($"{name} holds {found} elements where {expected} are needed.", name);
    }

    /// <summary>The rows x [tokens, columns] of which a product y [tokens, rows] is made.</summary>
    public static int Tokens(int x, int columns, int y, int rows)
    {
        var tokens = columns > 0 ? x / columns : rows > 0 ? y / rows : 0;
        Length(nameof(x), x, (long)tokens * columns);
        Length(nameof(y), y, (long)tokens * rows);
        return tokens;
    }

    public static void Shape(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
    }

    public static void Tile(int firstRow, int rowCount, int rows, int columns, int destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        if (rowCount > rows - firstRow)
            throw new ArgumentOutOfRangeException(
                nameof(rowCount), rowCount, $"From row {firstRow} on there are {rows - firstRow} rows of {rows}.");
        Length(nameof(destination), destination, (long)rowCount * columns);
    }

    public static int BlockSize(int blockSize, [CallerArgumentExpression(nameof(blockSize))] string name = "")
    {
        if (blockSize is < 32 or > 4096 || !int.IsPow2(blockSize))
            throw new ArgumentOutOfRangeException(
                name, blockSize, "A block holds 64, 128, 256, 512, 1024, 2048 or 4096 values (32 in some checkpoints).");
        return blockSize;
    }
}
