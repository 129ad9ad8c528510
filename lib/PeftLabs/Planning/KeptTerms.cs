using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>What waits for backward, by the function that keeps it. <c>b</c> of the formulas are the bytes of a number kept.</summary>
internal sealed class KeptTerms
{
    private readonly string _prefix;
    private readonly int _bytes;

    private KeptTerms(string prefix, ActivationType type) => (_prefix, Type, _bytes) = (prefix, type, SavedActivation.BytesOf(type));

    /// <summary>How it is kept.</summary>
    public ActivationType Type { get; }

    public PlanTerm Norm => Term("inputs of norms", $"{_bytes}·N·h + 4·N each");

    public PlanTerm Input => Term("inputs of trained projections", $"{_bytes}·N·in each");

    public PlanTerm Heads => Term("queries, keys and values", $"{_bytes}·N·(q + 2k) a block");

    public PlanTerm Output => Term("attention's outputs", $"{_bytes}·N·q a block");

    public PlanTerm Probabilities => Term("attention's probabilities", "4·B·H·T² a block");

    public PlanTerm Gated => Term("gates and ups", $"{2 * _bytes}·N·f a block");

    public PlanTerm LowRank => Term("h = x·Aᵀ of updates", "4·N·r each");

    /// <summary>What a pass keeps until the whole model's backward.</summary>
    public static KeptTerms Of(ActivationType type) => new("", type);

    /// <summary>What a block computed again keeps for a moment.</summary>
    public static KeptTerms Recomputed { get; } = new("recomputed ", ActivationType.Float32);

    /// <summary>Inputs of what is computed again.</summary>
    public static PlanTerm Inputs(ActivationType type) =>
        PlanTerm.Activation("inputs of recomputed parts", $"{SavedActivation.BytesOf(type)}·N·h each");

    private PlanTerm Term(string name, string formula) => PlanTerm.Activation(_prefix + name, formula);
}
