using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// The sixteen levels of a 4-bit format, as fractions of a block's largest magnitude. A value's code is that of the nearest level: the
/// number of midpoints between neighbouring levels, rounded to float32, that it exceeds, so that a value on a midpoint takes the lower
/// level. (bitsandbytes' CUDA kernels round four of NF4's midpoints the other way, which only a value equal to one of them can tell.)
/// </summary>
public sealed unsafe class CodeBook4
{
    /// <summary>
    /// NormalFloat4: quantiles of a normal distribution, with an exact zero (QLoRA, arXiv 2305.14314). Codes ascend with the levels.
    /// </summary>
    public static CodeBook4 NF4 { get; } = new("nf4", NF4Levels, NF4Levels);

    /// <summary>
    /// bitsandbytes' 4-bit float: a sign, and the magnitudes 0, 1/192, 1/6, 1/4, 1/3, 1/2, 2/3 and 1. Code 8 stands for a zero above
    /// which positive values below 1/384 fall; it decodes to negative zero.
    /// </summary>
    public static CodeBook4 FP4 { get; } = new("fp4", FP4Levels, [.. FP4Levels[..8], -0f, .. FP4Levels[9..]]);

    private readonly float[] _levels;

    private CodeBook4(string name, ReadOnlySpan<float> levels, ReadOnlySpan<float> decoded)
    {
        Name = name;
        _levels = levels.ToArray();
        Tables = CodeTables4.Create(levels, decoded);
    }

    /// <summary>"nf4" or "fp4", as bitsandbytes writes it in <c>quant_type</c>.</summary>
    public string Name { get; }

    /// <summary>The sixteen levels by code, as bitsandbytes writes them in <c>quant_map</c>.</summary>
    public ReadOnlySpan<float> Levels => _levels;

    internal CodeTables4 Tables { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static ReadOnlySpan<float> NF4Levels =>
    [
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
        -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f,
    ];

    private static ReadOnlySpan<float> FP4Levels =>
    [
        0f, 1f / 192, 2f / 3, 1f, 1f / 3, 1f / 2, 1f / 6, 1f / 4,
        0f, -1f / 192, -2f / 3, -1f, -1f / 3, -1f / 2, -1f / 6, -1f / 4,
    ];
}
