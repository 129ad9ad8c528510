namespace PeftLabs.Quantization.Cpu;

/// <summary>
/// A float32 sum in the order in which torch adds up a contiguous tensor on one thread of an AVX2 machine: eight lanes, four running sums
/// a lane, and sums of sums in four levels.
/// </summary>
internal static class CascadeSum
{
    private const int Levels = 4;
    private const int RunningSums = 4;

    public static float Of(ReadOnlySpan<float> values)
    {
        var lanes = values.Length >= 8 ? 8 : 1;
        var width = lanes * RunningSums;
        var rows = values.Length / width;
        var sums = SumRows(values[..(rows * width)], width);
        for (var i = rows * width; i < values.Length / lanes * lanes; i++)
            sums[i % lanes] += values[i];
        for (var i = lanes; i < width; i++)
            sums[i % lanes] += sums[i];
        var total = 0f;
        foreach (var value in values[(values.Length / lanes * lanes)..])
            total += value;
        foreach (var lane in sums.AsSpan(0, lanes))
            total += lane;
        return total;
    }

    // Every 2^power rows the lowest sums move up a level, every 2^(2 power) rows the second ones, and so on.
    private static float[] SumRows(ReadOnlySpan<float> values, int width)
    {
        var rows = values.Length / width;
        var power = Math.Max(4, CeilLog2(rows) / Levels);
        var sums = new float[Levels * width];
        for (var row = 1; row <= rows; row++)
        {
            Move(values.Slice((row - 1) * width, width), sums.AsSpan(0, width));
            for (var level = 1; level < Levels && row % (1L << (level * power)) == 0; level++)
            {
                var below = sums.AsSpan((level - 1) * width, width);
                Move(below, sums.AsSpan(level * width, width));
                below.Clear();
            }
        }
        for (var level = 1; level < Levels; level++)
            Move(sums.AsSpan(level * width, width), sums.AsSpan(0, width));
        return sums;
    }

    private static void Move(ReadOnlySpan<float> from, Span<float> to)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] += from[i];
    }

    private static int CeilLog2(int value) => value <= 2 ? 1 : int.Log2(value - 1) + 1;
}
