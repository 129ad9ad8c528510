namespace PeftLabs.Notebooks.Execution;

/// <summary>Why a cell failed.</summary>
/// <param name="Cell">The cell's number among all cells, from 1.</param>
/// <param name="Line">The line in the cell, from 1; null where it is not known.</param>
/// <param name="Name">The exception's type, or the compiler's code such as CS0103.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Trace">More lines: the other compile errors, or the exception's stack within the notebook.</param>
public sealed record CellFailure(int Cell, int? Line, string Name, string Message, IReadOnlyList<string> Trace)
{
    /// <inheritdoc/>
    public override string ToString() => $"cell {Cell}{(Line is null ? "" : $", line {Line}")}: {Name}: {Message}";
}
