using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>A piece of a report.</summary>
internal abstract record ReportPart
{
    public static implicit operator ReportPart(string html) => new HtmlPart(html);

    public static implicit operator ReportPart(HtmlTable table) => new HtmlPart(table.ToString());
}

/// <summary>HTML as it stands.</summary>
internal sealed record HtmlPart(string Html) : ReportPart;

/// <summary>A figure with what is read where it is not seen, and what is read below it.</summary>
/// <param name="Key">Its name among the report's figures: letters, digits and hyphens.</param>
/// <param name="Figure">The figure.</param>
/// <param name="Alternative">What it shows, in a sentence, for who does not see it.</param>
/// <param name="Caption">What to look at, in a sentence or two.</param>
internal sealed record FigurePart(string Key, Figure Figure, string Alternative, string Caption) : ReportPart;

/// <summary>A section of a report.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Parts">What stands in it, in order.</param>
internal sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportPart> Parts);
