using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>One term of a prediction: some bytes, what they are, and the formula that gave them.</summary>
/// <param name="Name">What they are, for example "logits".</param>
/// <param name="Formula">The formula in symbols, for example <c>4·n·V</c>.</param>
/// <param name="Category">The category that the meter counts them in.</param>
/// <param name="Bytes">The bytes.</param>
public sealed record MemoryTerm(string Name, string Formula, MemoryCategory Category, long Bytes);
