using System.Runtime.InteropServices;
using PeftLabs.Quantization;

namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>
/// Rounds to the nearest level of a dynamic map, exactly: the sixteen highest bits of a value say between which two levels it lies, since
/// no two midpoints of levels share them, and one comparison says which is nearer. A negative value never becomes zero, so that a mean
/// keeps its direction, as in bitsandbytes.
/// </summary>
internal sealed unsafe class DynamicRounding
{
    private const int Prefixes = 1 << 16;

    private readonly float* _levels, _bounds;
    private readonly byte* _start;

    private DynamicRounding(ReadOnlySpan<float> levels)
    {
        _levels = Table<float>(256);
        _bounds = Table<float>(256);
        _start = Table<byte>(Prefixes);
        levels.CopyTo(new Span<float>(_levels, 256));
        Zero = (byte)levels.IndexOf(0);
        for (var code = 0; code < 255; code++)
            _bounds[code] = (levels[code] + levels[code + 1]) * 0.5f;
        if (Zero > 0)
            _bounds[Zero - 1] = -BitConverter.Int32BitsToSingle(1 << 23);
        // Nothing rounds beyond the last level.
        _bounds[255] = float.PositiveInfinity;
        for (var prefix = 0; prefix < Prefixes; prefix++)
            _start[prefix] = (byte)Math.Min(255, Below(Lowest(prefix)));
    }

    /// <summary>For numbers of both signs, in [-1, 1].</summary>
    public static DynamicRounding Signed { get; } = new(DynamicMap.Signed);

    /// <summary>For numbers in [0, 1].</summary>
    public static DynamicRounding Unsigned { get; } = new(DynamicMap.Unsigned);

    /// <summary>The 256 levels at a fixed address.</summary>
    public float* LevelTable => _levels;

    /// <summary>The levels, ascending.</summary>
    public ReadOnlySpan<float> Levels => new(_levels, 256);

    /// <summary>Above bound i a value takes a level above level i; the last is infinite.</summary>
    public ReadOnlySpan<float> Bounds => new(_bounds, 256);

    /// <summary>The code of zero.</summary>
    public byte Zero { get; }

    /// <summary>The code of a value's level.</summary>
    public byte Code(float value)
    {
        int code = _start[BitConverter.SingleToUInt32Bits(value) >> 16];
        return (byte)(code + (value > _bounds[code] ? 1 : 0));
    }

    /// <summary>The codes of some values.</summary>
    public void Encode(float* values, nint count, byte* codes)
    {
        for (nint i = 0; i < count; i++)
            codes[i] = Code(values[i]);
    }

    // Of the values that begin with these bits; for a NaN, which has no place, any will do.
    private static float Lowest(int prefix) =>
        BitConverter.UInt32BitsToSingle((uint)prefix << 16 | (prefix < Prefixes / 2 ? 0 : 0xFFFFu));

    private int Below(float value)
    {
        var count = 0;
        while (count < 255 && value > _bounds[count])
            count++;
        return count;
    }

    private static T* Table<T>(int count)
        where T : unmanaged => (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), 64);
}
