using PeftLabs.Formats;
using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>The golden models of all families.</summary>
internal static class Families
{
    /// <summary>Their folders' names.</summary>
    public static IReadOnlyList<string> Golden { get; } =
        ["llama", "llama-tied-rope-scaled", "qwen2", "qwen3", "mistral", "phi3", "gemma2", "gpt_neox", "gpt2"];

    /// <summary>A parameter's golden gradient, turned around where the family's checkpoints hold the matrix so.</summary>
    public static Tensor Gradient(CausalLM model, Checkpoint expected, string parameter)
    {
        var golden = expected.Read($"grad.{parameter}");
        return model.Config.Family.IsTransposed && parameter.EndsWith(".weight", StringComparison.Ordinal)
            && model.Projections.ContainsKey(parameter[..^".weight".Length]) ? golden.t() : golden;
    }
}
