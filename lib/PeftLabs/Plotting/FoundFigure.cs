namespace PeftLabs.Plotting;

/// <summary>A figure that was found in a file.</summary>
/// <param name="Place">Where in the file, such as "cell 12"; empty for a file that is one figure.</param>
/// <param name="Title">Its title as plain text; null where it has none.</param>
/// <param name="Runs">The ids of the runs that it shows; empty where it names none.</param>
public sealed record FoundFigure(string Place, string? Title, IReadOnlyList<string> Runs);
