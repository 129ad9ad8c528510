namespace PeftLabs.Planning;

/// <summary>A norm as a plan has it: how many features it is over, and what of it is trained.</summary>
/// <param name="Size">The features.</param>
/// <param name="HasBias">Whether it is a layer norm, with a bias.</param>
/// <param name="AddsOne">Whether one is added to its weight, for which there is a vector in passing.</param>
/// <param name="Weight">The weight, where it is trained.</param>
/// <param name="Bias">The bias, where it is trained.</param>
internal sealed record PlannedNorm(PlanSymbol Size, bool HasBias, bool AddsOne, WalkParameter? Weight, WalkParameter? Bias)
{
    /// <summary>Whether any of it is trained.</summary>
    public bool IsTrained => Weight is not null;

    /// <summary>What of it is trained.</summary>
    public IEnumerable<WalkParameter> Parameters => new[] { Weight, Bias }.OfType<WalkParameter>();
}
