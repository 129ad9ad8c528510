using PeftLabs.Labs;

namespace PeftLabs.Cli.Evaluation;

/// <summary>What lab evaluate is to do.</summary>
/// <param name="Adapters">The adapters, each with the name that tables call it, and its folder.</param>
/// <param name="Base">Whether the model is evaluated without an adapter too.</param>
/// <param name="Tasks">The tasks.</param>
/// <param name="Text">The text; null for none.</param>
/// <param name="Options">How much is asked.</param>
public sealed record EvaluateRequest(
    IReadOnlyList<(string Name, string Folder)> Adapters, bool Base, IReadOnlyList<LabTask> Tasks, TextDocuments? Text, EvaluationOptions Options)
{
    /// <summary>What the user should know before it begins; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Wrong answers that are printed, at most.</summary>
    public int Show { get; init; }

    /// <summary>Whether one JSON object is printed instead of tables.</summary>
    public bool Json { get; init; }

    /// <summary>The folder of the run whose record the figures go into; null for none.</summary>
    public string? Record { get; init; }
}
