namespace PeftLabs.Plotting;

/// <summary>The forms of a <see cref="Figure"/>, as notebook kernels ask for them by convention.</summary>
internal sealed class FigureFormatters
{
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new FigureFormatter(PlotlyMimeType, figure => figure.ToJson()),
        new FigureFormatter("text/html", figure => figure.ToHtml()),
        new FigureFormatter("text/plain", figure => figure.ToText()),
    ];
}

/// <summary>One form of a figure.</summary>
internal sealed class FigureFormatter(string mimeType, Func<Figure, string> write)
{
    public string MimeType { get; } = mimeType;

    public bool Format(object instance, TextWriter writer)
    {
        if (instance is not Figure figure) return false;
        writer.Write(write(figure));
        return true;
    }
}
