namespace PeftLabs.Notebooks.Execution;

/// <summary>How the run of a notebook ended.</summary>
/// <param name="OutputPath">The file that holds the notebook with its outputs.</param>
/// <param name="CellsRun">How many cells ran, the one that failed or was stopped among them.</param>
/// <param name="Failure">The failure that ended the run; null where all cells ran.</param>
/// <param name="Cancelled">The run was stopped from outside.</param>
public sealed record RunResult(string OutputPath, int CellsRun, CellFailure? Failure, bool Cancelled)
{
    /// <summary>All cells ran.</summary>
    public bool Succeeded => Failure is null && !Cancelled;
}
