using System.Net;

namespace PeftLabs.Labs.Reports;

/// <summary>Text in HTML.</summary>
internal static class HtmlText
{
    /// <summary>A text that shows as it stands, in elements and attributes.</summary>
    public static string Escape(string? text) => WebUtility.HtmlEncode(text) ?? "";

    /// <summary>A paragraph of text.</summary>
    public static string Paragraph(string text) => $"<p>{Escape(text)}</p>\n";

    /// <summary>A paragraph that stands out: something to know before trusting the rest.</summary>
    public static string Note(string text) => $"<p class=\"note\">{Escape(text)}</p>\n";

    /// <summary>Something to be read letter by letter.</summary>
    public static string Code(string? text) => string.IsNullOrEmpty(text) ? "" : $"<code>{Escape(text)}</code>";

    /// <summary>What is only shown when asked for.</summary>
    /// <param name="summary">The line that is shown: text.</param>
    /// <param name="content">HTML.</param>
    public static string Folded(string summary, string content) =>
        $"<details><summary>{Escape(summary)}</summary>\n{content}</details>\n";
}
