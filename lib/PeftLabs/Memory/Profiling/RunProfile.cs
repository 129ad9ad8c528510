using System.Text.Json.Serialization;

namespace PeftLabs.Memory.Profiling;

/// <summary>
/// Where the time and the memory of a run went, by stage, block and operator; written to JSON and read back by System.Text.Json as it
/// is. Its size does not grow with the model's depth but by a line a block and stage.
/// </summary>
public sealed record RunProfile
{
    /// <summary>Wall-clock seconds in all; those of <see cref="Stages"/> and the own seconds of <see cref="Scopes"/> sum to it.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training steps within.</summary>
    public required long Steps { get; init; }

    /// <summary>The stages that were entered, in their order, and the time between them.</summary>
    public required IReadOnlyList<StageCost> Stages { get; init; }

    /// <summary>Every scope, blocks folded; a scope stands before those within it.</summary>
    public required IReadOnlyList<ScopeCost> Scopes { get; init; }

    /// <summary>Every block, in each stage in which it did something.</summary>
    public required IReadOnlyList<BlockCost> Blocks { get; init; }

    /// <summary>How many times a scope was entered.</summary>
    public required long Entries { get; init; }

    /// <summary>Seconds that entering and leaving a scope takes on this machine, measured when the profile was made.</summary>
    public required double SecondsPerEntry { get; init; }

    /// <summary>The same by operator: stages in their order, of each the most expensive operator first. They sum to the whole.</summary>
    [JsonIgnore]
    public IReadOnlyList<OperatorCost> Operators => [.. Stages.SelectMany(stage => Scopes.Where(s => s.Stage == stage.Stage)
        .GroupBy(s => s.Operator, (name, scopes) => Sum(stage.Stage, name, [.. scopes])).OrderByDescending(o => o.Seconds))];

    /// <summary>The seconds that profiling itself took, as a share of <see cref="Seconds"/>.</summary>
    [JsonIgnore]
    public double CostShare => Seconds > 0 ? Entries * SecondsPerEntry / Seconds : 0;

    /// <summary>The share of the time that an operator accounts for, loading left out; the rest is "other".</summary>
    [JsonIgnore]
    public double AttributedShare
    {
        get
        {
            var steps = Scopes.Where(s => s.Stage != MemoryStage.Load).ToList();
            var all = steps.Sum(s => s.OwnSeconds);
            return all > 0 ? 1 - steps.Where(s => s.Operator == ScopeCost.Other).Sum(s => s.OwnSeconds) / all : 0;
        }
    }

    private static OperatorCost Sum(MemoryStage? stage, string name, IReadOnlyList<ScopeCost> scopes) => new(stage, name,
        scopes.Where(s => s.Part.Length == 0).Sum(s => s.Calls), scopes.Sum(s => s.OwnSeconds), scopes.Sum(s => s.AllocatedBytes),
        scopes.Sum(s => s.PeakBytes));
}
