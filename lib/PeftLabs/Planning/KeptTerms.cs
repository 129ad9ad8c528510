using PeftLabs.Memory;
using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>What waits for backward, by the function that keeps it.</summary>
internal sealed class KeptTerms
{
    private const string InputsSource = "ActivationStore; checkpointing, arXiv 1604.06174";

    private readonly string _prefix;

    private KeptTerms(string prefix, ActivationType type)
    {
        (_prefix, Type) = (prefix, type);
        Norm = Term("inputs of norms", "Norm, arXiv 1910.07467");
        Input = Term("inputs of trained projections", "ProjectionFunction");
        Heads = Term("queries, keys and values", "AttentionMethod, arXiv 2205.14135");
        Output = Term("attention's outputs", "TiledAttentionFunction, arXiv 2205.14135");
        Probabilities = Term("attention's probabilities", "SdpaAttention, by torch");
        Gated = Term("gates and ups", "InnerActivation, arXiv 2002.05202");
        LowRank = Term("h = x·Aᵀ of updates", "LowRankUpdate, LoRA, arXiv 2106.09685");
    }

    /// <summary>How it is kept.</summary>
    public ActivationType Type { get; }

    public PlanTerm Norm { get; }

    public PlanTerm Input { get; }

    public PlanTerm Heads { get; }

    public PlanTerm Output { get; }

    public PlanTerm Probabilities { get; }

    public PlanTerm Gated { get; }

    public PlanTerm LowRank { get; }

    /// <summary>What a block computed again keeps for a moment.</summary>
    public static KeptTerms Recomputed { get; } = new("recomputed ", ActivationType.Float32);

    /// <summary>Inputs of what is computed again, as they are; those that go to a file at once do not outlive forward.</summary>
    public static PlanTerm Inputs { get; } = new("inputs of recomputed parts", MemoryCategory.Activations, InputsSource);

    /// <summary>The same in memory of their own, in 16 bits or on their way from a file.</summary>
    public static PlanTerm CopiedInputs { get; } = new("inputs of recomputed parts", MemoryCategory.Activations, InputsSource, isExplicit: true);

    private static KeptTerms[] All { get; } = [.. Enum.GetValues<ActivationType>().Select(type => new KeptTerms("", type))];

    /// <summary>What a pass keeps until the whole model's backward.</summary>
    public static KeptTerms Of(ActivationType type) => All[(int)type];

    private PlanTerm Term(string name, string source) => new(_prefix + name, MemoryCategory.Activations, source);
}
