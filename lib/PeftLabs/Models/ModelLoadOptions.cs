using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// How a model is brought into memory. What a checkpoint holds quantized keeps its codes, whatever is said here; norms and biases are
/// always float32.
/// </summary>
public sealed record ModelLoadOptions
{
    /// <summary>Where it lives; the CPU by default.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>How the projections of the blocks are stored.</summary>
    public WeightFormat Projections { get; init; } = WeightFormat.Float32;

    /// <summary>How the embedding, and a head tied to it, is stored.</summary>
    public WeightFormat Embedding { get; init; } = WeightFormat.Float32;

    /// <summary>How a head of its own is stored.</summary>
    public WeightFormat Head { get; init; } = WeightFormat.Float32;

    /// <summary>
    /// Projections that are not stored as <see cref="Projections"/> says but as <see cref="Skipped"/> does: a module's path
    /// (<c>model.layers.0.mlp.down_proj</c>), its end (<c>down_proj</c>), or a module that holds it (<c>model.layers.0</c>), as in
    /// transformers' <c>llm_int8_skip_modules</c>.
    /// </summary>
    public IReadOnlyList<string> SkipModules { get; init; } = [];

    /// <summary>How the projections that <see cref="SkipModules"/> names are stored.</summary>
    public WeightFormat Skipped { get; init; } = WeightFormat.Float32;

    /// <summary>
    /// Caps attention's scores where config.json names a cap (Gemma 2's <c>attn_logit_softcapping</c>). transformers does so in its eager
    /// attention, and not in sdpa, which is its default; so it must be asked for here too.
    /// </summary>
    public bool CapScores { get; init; }

    /// <summary>Lets the frozen weights of the blocks live in a file, two blocks at a time in memory; null to hold them all.</summary>
    public WeightStreaming? Streaming { get; init; }

    /// <summary>Told the parameters read so far and all there are; one call at a time, from whatever thread.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }

    /// <summary>
    /// As QLoRA trains (arXiv 2305.14314): projections in NF4 with doubly quantized scales. Embedding and head are not quantized; they
    /// are stored in bfloat16, which halves them.
    /// </summary>
    public static ModelLoadOptions QLora { get; } =
        new() { Projections = WeightFormat.NF4Double, Embedding = WeightFormat.BFloat16, Head = WeightFormat.BFloat16 };

    /// <summary>How the projection at a path is stored.</summary>
    public WeightFormat FormatOf(string path) => SkipModules.Any(module => Names(module, path)) ? Skipped : Projections;

    /// <summary>Whether the name of a module means the projection at a path.</summary>
    internal static bool Names(string module, string path) => path == module
        || path.EndsWith($".{module}", StringComparison.Ordinal)
        || path.StartsWith($"{module}.", StringComparison.Ordinal);
}
