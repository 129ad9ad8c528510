using PeftLabs.Memory;

namespace PeftLabs.Labs;

/// <summary>Stages and categories as figures and tables call them.</summary>
internal static class MemoryNames
{
    /// <summary>A stage with its number: "1 Forward".</summary>
    public static string Of(MemoryStage stage) => $"{(int)stage} {stage}";

    /// <summary>A category in words: "optimizer state".</summary>
    public static string Of(MemoryCategory category) => category == MemoryCategory.OptimizerState ? "optimizer state" : $"{category}".ToLowerInvariant();
}
