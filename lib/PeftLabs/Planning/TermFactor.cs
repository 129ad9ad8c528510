namespace PeftLabs.Planning;

/// <summary>A symbol of a term's formula.</summary>
/// <param name="Symbol">The symbol, for example <c>n</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Meaning">What it counts, for example "labelled tokens of a batch".</param>
public sealed record TermFactor(string Symbol, long Value, string Meaning = "");
