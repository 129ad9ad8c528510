using PeftLabs.Notebooks.Formatting;

namespace PeftLabs.Notebooks.Execution;

/// <summary>What every cell can name without a using: the members of this class.</summary>
public sealed class CellGlobals
{
    private readonly NotebookSession _session;

    internal CellGlobals(NotebookSession session) => _session = session;

    /// <summary>Cancelled when the run is to stop: on Ctrl-C, and when the cell's time is over.</summary>
    public CancellationToken Cancellation => _session.CellCancellation;

    /// <summary>Shows a value below the cell.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show; all that the value has by default.</param>
    public DisplayedValue display(object? value, params string[] mimeTypes) => _session.Display(Formatter.Format(value), mimeTypes);

    /// <summary>HTML that is shown as it is.</summary>
    public HtmlText HTML(string markup) => new(markup);
}
