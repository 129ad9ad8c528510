using PeftLabs.Cli.Bench;
using PeftLabs.Models;
using PeftLabs.Planning.Advice;
using PeftLabs.Quantization;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Cli.Plan;

/// <summary>A set of techniques as the command line of <c>lab bench step</c>.</summary>
public static class BenchArguments
{
    /// <summary>The arguments after <c>./lab</c>.</summary>
    /// <param name="set">The techniques.</param>
    /// <param name="model">A name of the catalogue, a folder, or a config.json file.</param>
    /// <param name="rows">Sequences of one batch.</param>
    /// <param name="tokens">Tokens a sequence.</param>
    /// <param name="halfType">The 16-bit type in which a GPU multiplies; null for a CPU.</param>
    public static string Of(TechniqueSet set, string model, long rows, long tokens, string? halfType = null) => string.Join(' ',
        [$"bench step {Model(model)} --method {Method(set.Method)} --batch {rows} --tokens {tokens}",
            .. halfType is null ? [] : new[] { $"--device cuda --arithmetic {halfType}" }, .. Techniques(set)]);

    /// <summary>The options of a set, without its method.</summary>
    public static IEnumerable<string> Techniques(TechniqueSet set)
    {
        if (set.Method == TuningMethod.LoraBFloat16)
            yield return "--format bfloat16";
        if (set.Method != TuningMethod.Full && set.Rank != StepBenchmarkOptions.PeersRank)
            yield return $"--rank {set.Rank}";
        if (set.Embedding != (set.Method == TuningMethod.QLora ? WeightFormat.BFloat16 : WeightFormat.Float32))
            yield return $"--embedding {set.Embedding}";
        if (set.Optimizer != OptimizerKind.AdamW)
            yield return $"--optimizer {OptimizerNames.Name(set.Optimizer)}";
        if (set.FusedStep)
            yield return "--fused-step";
        if (set.Accumulate > 1)
            yield return $"--accumulate {set.Accumulate}";
        if (set.Checkpointing != CheckpointPolicy.None)
            yield return $"--checkpointing {set.Checkpointing}";
        if (set.SavedActivations != ActivationType.Float32)
            yield return "--saved-activations bfloat16";
        if (set.Offload != ActivationOffload.None)
            yield return "--offload file";
        if (set.LossChunkBytes != StepBenchmarkOptions.DefaultTraining.LossChunkBytes)
            yield return $"--loss-chunk-bytes {set.LossChunkBytes}";
        if (set.Streaming)
            yield return "--stream";
    }

    private static string Model(string model) => ModelCatalogue.TryFind(model) is { } known ? $"--shape {known.Name}"
        : $"--model {(File.Exists(model) ? Path.GetDirectoryName(Path.GetFullPath(model)) : model)}";

    private static string Method(TuningMethod method) => method == TuningMethod.LoraBFloat16 ? "lora" : TuningMethods.Name(method);
}
