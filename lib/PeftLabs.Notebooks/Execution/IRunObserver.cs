namespace PeftLabs.Notebooks.Execution;

/// <summary>Is told how a run goes on.</summary>
public interface IRunObserver
{
    /// <summary>A cell is about to run.</summary>
    /// <param name="cell">Its number among all cells, from 1.</param>
    /// <param name="index">Its number among the cells that run, from 1.</param>
    /// <param name="count">How many cells run.</param>
    /// <param name="source">Its program.</param>
    void OnCellStarting(int cell, int index, int count, string source);

    /// <summary>A cell has written or shown something.</summary>
    /// <param name="stream"><c>stdout</c> or <c>stderr</c>; a value shown is on <c>stdout</c>, in its plain text form.</param>
    /// <param name="text">The text.</param>
    void OnText(string stream, string text);

    /// <summary>A cell has run.</summary>
    /// <param name="cell">Its number among all cells, from 1.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    void OnCellFinished(int cell, TimeSpan elapsed, CellFailure? failure);
}
