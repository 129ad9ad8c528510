using System.Text.Json.Serialization;

namespace PeftLabs.Memory;

/// <summary>
/// Allocations alive at a peak that are alike: of one size and category, made by the same line of code in the same scope, if need be
/// in several blocks of the model. All of a peak's sum to it byte for byte.
/// </summary>
/// <param name="Path">The scopes in which they were made, the stage first and joined by " › ", without numbers:
/// "Forward › block › feed-forward › gate_proj › weight product".</param>
/// <param name="Code">Where the innermost of these scopes was opened: "ProjectionFunction.forward, ProjectionFunction.cs:57".</param>
/// <param name="Category">What they are for.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Bytes">Their bytes together.</param>
public sealed record PeakAllocation(string Path, string Code, MemoryCategory Category, int Count, long Bytes)
{
    /// <summary>The path of the last entry of a long list, which sums up allocations too small to be listed; their sizes differ.</summary>
    public const string Smaller = "smaller allocations";

    /// <summary>What separates the scopes of a path.</summary>
    public const string Separator = " › ";

    /// <summary>The first number of the path's numbered scope, such as the block's; null where no scope of it has one.</summary>
    public int? FirstIndex { get; init; }

    /// <summary>The last number.</summary>
    public int? LastIndex { get; init; }

    /// <summary>Bytes of each; for <see cref="Smaller"/> their mean.</summary>
    [JsonIgnore]
    public long BytesEach => Bytes / Math.Max(1, Count);

    /// <summary>The path with its numbers: "Forward › block 0–29 › feed-forward › gate_proj › weight product".</summary>
    [JsonIgnore]
    public string Where => FirstIndex is not { } first ? Path
        : string.Join(Separator, Path.Split(Separator).Select(scope => scope == IndexedScope
            ? first == LastIndex ? $"{scope} {first}" : $"{scope} {first}–{LastIndex}" : scope));

    /// <summary>The name of the scope that has the number; "block" in a model.</summary>
    public string? IndexedScope { get; init; }
}
