using System.Runtime.InteropServices;

namespace PeftLabs.Quantization;

/// <summary>
/// The 256 levels of the dynamic 8-bit format (Dettmers, arXiv 1511.04561), as bitsandbytes makes them: for every decade from 10⁻⁶ to 1
/// twice as many levels as for the one below, evenly spread over its upper nine tenths; besides them 0 and 1.
/// </summary>
public static unsafe class DynamicMap
{
    private const int Decades = 7;
    private const int SearchParts = 65536;

    private static readonly float[] SignedLevels = Create(signed: true);
    private static readonly float[] UnsignedLevels = Create(signed: false);

    /// <summary>The levels in [-1, 1], ascending: 127 below zero, zero, 128 above.</summary>
    public static ReadOnlySpan<float> Signed => SignedLevels;

    /// <summary>The levels in [0, 1], ascending.</summary>
    public static ReadOnlySpan<float> Unsigned => UnsignedLevels;

    /// <summary>The signed levels at a fixed address.</summary>
    internal static float* SignedTable { get; } = Fixed(SignedLevels);

    /// <summary>The code of the level nearest to each of 65536 points spread evenly over [-1, 1].</summary>
    internal static byte* Search { get; } = CreateSearch();

    private static float[] Create(bool signed)
    {
        var levels = new List<float> { 0, 1 };
        for (var decade = 0; decade < Decades; decade++)
        {
            var scale = (float)Math.Pow(10, decade - (Decades - 1));
            var count = signed ? 1 << decade : 2 << decade;
            for (var i = 0; i < count; i++)
            {
                var level = scale * ((Edge(i, count) + Edge(i + 1, count)) / 2);
                levels.Add(level);
                if (signed)
                    levels.Add(-level);
            }
        }
        levels.Sort();
        return [.. levels];
    }

    // count + 1 evenly spaced edges from 0.1 to 1, counted from the nearer end, each with one rounding, as torch.linspace has them.
    private static float Edge(int i, int count)
    {
        var step = (1f - 0.1f) / count;
        return i < (count + 1) / 2 ? MathF.FusedMultiplyAdd(step, i, 0.1f) : MathF.FusedMultiplyAdd(-step, count - i, 1f);
    }

    private static float* Fixed(float[] levels)
    {
        var table = (float*)NativeMemory.AlignedAlloc((nuint)levels.Length * sizeof(float), 64);
        levels.CopyTo(new Span<float>(table, levels.Length));
        return table;
    }

    private static byte* CreateSearch()
    {
        var search = (byte*)NativeMemory.AlignedAlloc(SearchParts, 64);
        var code = 0;
        for (var part = 0; part < SearchParts; part++)
        {
            var value = 2.0 * part / (SearchParts - 1) - 1;
            while (code < 255 && ((double)SignedLevels[code] + SignedLevels[code + 1]) / 2 < value)
                code++;
            search[part] = (byte)code;
        }
        return search;
    }
}
