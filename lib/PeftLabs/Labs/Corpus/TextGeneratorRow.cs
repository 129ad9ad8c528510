namespace PeftLabs.Labs;

/// <summary>A row of a <see cref="TextGeneratorEntity"/>: its name, its words and its numbers in the order of the columns.</summary>
internal sealed record TextGeneratorRow(string Name, string[] Words, int[] Numbers);
