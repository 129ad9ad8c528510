using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// The largest magnitude of every block (absmax), either plain float32 or doubly quantized: a code of the dynamic 8-bit map for each,
/// a scale for every 256 of them, and the mean that was taken off. Doubly quantized ones are decoded only as blocks are read.
/// </summary>
public readonly ref struct BlockScales
{
    /// <summary>Blocks of scales that share a scale of their own, unless a checkpoint says otherwise.</summary>
    public const int DefaultNestedBlockSize = 256;

    private readonly ReadOnlySpan<float> _plain;
    private readonly ReadOnlySpan<byte> _codes;
    private readonly ReadOnlySpan<float> _nested;
    private readonly ReadOnlySpan<float> _levels;
    private readonly float _offset;

    /// <summary>Plain scales.</summary>
    public BlockScales(ReadOnlySpan<float> absMax) => _plain = absMax;

    /// <summary>
    /// Doubly quantized scales: level[code] × nestedAbsMax[block ÷ 256] + offset, rounded after the product and after the sum.
    /// </summary>
    /// <exception cref="ArgumentException">nestedAbsMax does not hold one number for every 256 codes.</exception>
    public BlockScales(ReadOnlySpan<byte> codes, ReadOnlySpan<float> nestedAbsMax, float offset)
        : this(codes, nestedAbsMax, offset, DynamicMap.Signed)
    {
    }

    /// <summary>The same with the 256 levels that a checkpoint brought (<c>nested_quant_map</c>).</summary>
    /// <exception cref="ArgumentException">levels are not 256, or nestedAbsMax does not hold one number for every 256 codes.</exception>
    public BlockScales(ReadOnlySpan<byte> codes, ReadOnlySpan<float> nestedAbsMax, float offset, ReadOnlySpan<float> levels)
    {
        Check.Length(nameof(nestedAbsMax), nestedAbsMax.Length, Check.Blocks(codes.Length, DefaultNestedBlockSize));
        Check.Length(nameof(levels), levels.Length, 256);
        _codes = codes;
        _nested = nestedAbsMax;
        _levels = levels;
        _offset = offset;
    }

    /// <summary>Plain scales.</summary>
    public static implicit operator BlockScales(ReadOnlySpan<float> absMax) => new(absMax);

    /// <summary>Plain scales.</summary>
    public static implicit operator BlockScales(Span<float> absMax) => new(absMax);

    /// <summary>Plain scales.</summary>
    public static implicit operator BlockScales(float[] absMax) => new(absMax);

    /// <summary>Blocks.</summary>
    public int Count => IsNested ? _codes.Length : _plain.Length;

    /// <summary>Whether the scales are themselves quantized.</summary>
    public bool IsNested => !_levels.IsEmpty;

    /// <summary>Writes the scales from <paramref name="firstBlock"/> on, as many as the destination takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Some of these blocks do not exist.</exception>
    public unsafe void Decode(int firstBlock, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstBlock);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBlock + (long)destination.Length, Count, nameof(destination));
        fixed (float* plain = _plain, nested = _nested, levels = _levels, target = destination)
        fixed (byte* codes = _codes)
            Pinned(plain, codes, nested, levels).Decode(CpuKernels.Best, firstBlock, destination.Length, target);
    }

    internal unsafe ScaleSource Pinned(float* plain, byte* codes, float* nested, float* levels) =>
        new(plain, codes, nested, levels, _offset);

    internal ReadOnlySpan<float> Plain => _plain;

    internal ReadOnlySpan<byte> Codes => _codes;

    internal ReadOnlySpan<float> Nested => _nested;

    internal ReadOnlySpan<float> Levels => _levels;
}
