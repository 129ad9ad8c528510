namespace PeftLabs.Planning.Advice;

/// <summary>A rung of a ladder: one technique more than the rung before.</summary>
/// <param name="Name">The technique added; for the first rung, what the ladder starts from.</param>
/// <param name="Options">The options of <c>lab bench step</c> that ask for it; empty where nothing need be asked.</param>
/// <param name="Set">All the techniques up to this one.</param>
/// <param name="Stages">The memory predicted, stage by stage.</param>
/// <param name="Seconds">The seconds predicted for a step.</param>
public sealed record AdviceRung(string Name, string Options, TechniqueSet Set, IReadOnlyList<StagePrediction> Stages, double Seconds)
{
    /// <summary>The stage with the highest peak: what must fit.</summary>
    public StagePrediction Binding { get; } = Stages.MaxBy(s => s.PeakBytes)!;

    /// <summary>Bytes of that peak.</summary>
    public long PeakBytes => Binding.PeakBytes;

    /// <summary>The largest term at that peak: what to work on next.</summary>
    public MemoryTerm BindingTerm { get; } = Stages.MaxBy(s => s.PeakBytes)!.Peak.MaxBy(t => t.Bytes)!;
}
