using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Adapters;

/// <summary>How an adapter is merged to files.</summary>
public sealed record MergeOptions
{
    private readonly DenseFormat _storedAs = WeightFormat.Float32;
    private readonly int _window = 512;

    /// <summary>
    /// How the base is brought into memory where it is merged there (<see cref="LoraMerge.IntoDequantized"/> and
    /// <see cref="LoraMerge.IntoQuantized"/>); as QLoRA trains by default. What a checkpoint holds in 4 bits keeps its codes.
    /// </summary>
    public ModelLoadOptions Base { get; init; } = ModelLoadOptions.QLora;

    /// <summary>The type of every tensor that <see cref="LoraMerge.IntoDequantized"/> writes: float32 by default, or a 16-bit one.</summary>
    public DenseFormat StoredAs
    {
        get => _storedAs;
        init => _storedAs = value ?? throw new ArgumentNullException(nameof(StoredAs), "StoredAs is null; it is float32, bfloat16 or float16.");
    }

    /// <summary>Token ids on which the drift is measured; none, and nothing is measured nor any model loaded for it.</summary>
    public IReadOnlyList<int> Sample { get; init; } = [];

    /// <summary>Tokens of the sample that the models see at once, at most; at least 2.</summary>
    public int Window
    {
        get => _window;
        init => _window = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(Window), value, $"Window is {value}; it must be at least 2.");
    }

    /// <summary>Told the bytes written so far and all there will be.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}
