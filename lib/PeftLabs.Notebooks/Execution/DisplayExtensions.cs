using PeftLabs.Notebooks.Formatting;

namespace PeftLabs.Notebooks.Execution;

/// <summary><c>value.Display()</c>, for code in cells and in what they call.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value below the cell that is running.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show; all that the value has by default.</param>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        NotebookSession.Current.Display(Formatter.Format(value), mimeTypes);

    /// <summary>Shows text below the cell that is running as content of a MIME type, such as <c>text/markdown</c>.</summary>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static DisplayedValue DisplayAs(this string content, string mimeType) =>
        NotebookSession.Current.Display(new MimeBundle { [mimeType] = content }, []);
}
