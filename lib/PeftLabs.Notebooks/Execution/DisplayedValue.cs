using System.Text.Json.Nodes;
using PeftLabs.Notebooks.Formatting;

namespace PeftLabs.Notebooks.Execution;

/// <summary>Something that a cell has shown and may show otherwise later.</summary>
public sealed class DisplayedValue
{
    private readonly MimeBundle _bundle;
    private readonly JsonObject _output;

    internal DisplayedValue(MimeBundle bundle, JsonObject output)
    {
        _bundle = bundle;
        _output = output;
    }

    /// <summary>Shows another value in the place of the first.</summary>
    public void Update(object? value)
    {
        var updated = Formatter.Format(value);
        foreach (var mimeType in _bundle.MimeTypes.Union(updated.MimeTypes).ToList()) _bundle[mimeType] = updated[mimeType];
        _output["data"] = _bundle.ToNode();
    }
}
