using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>A term as a line of a table: every column is text but the bytes.</summary>
/// <param name="What">The term's name.</param>
/// <param name="Formula">Its formula.</param>
/// <param name="Factors">The symbols' values, for example "n = 508, V = 49152".</param>
/// <param name="Category">The category that the meter counts it in.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Size">The same as text, in units of 1024.</param>
/// <param name="Source">The part of the kit that holds them, and the paper that it follows.</param>
public sealed record MemoryTermRow(string What, string Formula, string Factors, MemoryCategory Category, long Bytes, string Size, string Source);
