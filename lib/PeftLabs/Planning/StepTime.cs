using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>The seconds of a training step as predicted, term by term.</summary>
/// <param name="Terms">The terms, in the order of the stages.</param>
public sealed record StepTime(IReadOnlyList<TimeTerm> Terms)
{
    /// <summary>Seconds of the whole step.</summary>
    public double Seconds => Terms.Sum(t => t.Seconds);

    /// <summary>Floating-point operations of the step's matrix products.</summary>
    public double Operations => Terms.Sum(t => t.Operations);

    /// <summary>Seconds of one stage.</summary>
    public double SecondsOf(MemoryStage stage) => Terms.Where(t => t.Stage == stage).Sum(t => t.Seconds);
}
