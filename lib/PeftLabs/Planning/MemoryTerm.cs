using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>One term of a prediction: some bytes, what they are, and the formula that gave them.</summary>
/// <param name="Name">What they are, for example "logits".</param>
/// <param name="Formula">
/// The formula in the symbols of <see cref="Factors"/>: products are written with <c>·</c>, the number of like blocks stands before
/// <c>×</c>, and ⌈ ⌉ rounds up. <c>30 × 4·N·h + 30 × 4·N</c> are 30 blocks of 4·N·h bytes and 30 of 4·N.
/// </param>
/// <param name="Category">The category that the meter counts them in.</param>
/// <param name="Bytes">The bytes: what the formula gives.</param>
public sealed record MemoryTerm(string Name, string Formula, MemoryCategory Category, long Bytes)
{
    /// <summary>The formula's symbols and their values, in the order in which they stand there.</summary>
    public IReadOnlyList<TermFactor> Factors { get; init; } = [];

    /// <summary>Where the term comes from: the part of the kit that holds these bytes, and the paper that it follows.</summary>
    public string Source { get; init; } = "";

    /// <summary>The values of the symbols as text, for example "n = 508, V = 49152".</summary>
    internal string Values => string.Join(", ", Factors.Select(f => $"{f.Symbol} = {f.Value}"));
}
