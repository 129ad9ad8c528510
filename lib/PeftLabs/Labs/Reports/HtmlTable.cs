using System.Text;

namespace PeftLabs.Labs.Reports;

/// <summary>A table of HTML that is read row by row: the first cell of a row is its header.</summary>
/// <param name="caption">What it shows: text.</param>
/// <param name="headers">The columns' headers: text.</param>
internal sealed class HtmlTable(string caption, params IReadOnlyList<string> headers)
{
    private readonly StringBuilder _body = new();

    /// <summary>Whether it has no rows.</summary>
    public bool IsEmpty => _body.Length == 0;

    /// <summary>How many of the first columns hold words, which stand to the left; all others hold numbers.</summary>
    public int Words { get; init; } = 1;

    /// <summary>The columns of words after those, by their place.</summary>
    public IReadOnlyList<int> MoreWords { get; init; } = [];

    /// <summary>Adds a row.</summary>
    public void Add(params IReadOnlyList<HtmlCell> cells)
    {
        _body.Append("<tr>");
        for (var i = 0; i < cells.Count; i++)
            _body.Append(Cell(cells[i], i));
        _body.Append("</tr>\n");
    }

    /// <summary>Adds a line that heads the rows below it.</summary>
    public void AddGroup(string title) =>
        _body.Append($"<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{headers.Count}\">{HtmlText.Escape(title)}</th></tr>\n");

    /// <inheritdoc/>
    public override string ToString() => $"""
        <div class="wide" role="region" aria-label="{HtmlText.Escape(caption)}" tabindex="0"><table>
        <caption>{HtmlText.Escape(caption)}</caption>
        <thead><tr>{string.Concat(headers.Select((header, i) => $"<th scope=\"col\"{Style(i)}>{HtmlText.Escape(header)}</th>"))}</tr></thead>
        <tbody>
        {_body}</tbody></table></div>

        """;

    private string Cell(HtmlCell cell, int column)
    {
        var content = cell.IsStrong ? $"<strong>{cell.Html}</strong>" : cell.Html;
        return column == 0 ? $"<th scope=\"row\">{content}</th>" : $"<td{Style(column)}>{content}</td>";
    }

    private string Style(int column) => column < Words || MoreWords.Contains(column) ? "" : " class=\"number\"";
}

/// <summary>A cell of a table.</summary>
/// <param name="Html">What stands in it.</param>
internal readonly record struct HtmlCell(string Html)
{
    /// <summary>Whether it stands out.</summary>
    public bool IsStrong { get; init; }

    /// <summary>A text, as it is read.</summary>
    public static implicit operator HtmlCell(string? text) => new(HtmlText.Escape(text));

    /// <summary>Something to be read letter by letter: a hash, an option's value.</summary>
    public static HtmlCell Code(string? text) => new(HtmlText.Code(text));
}
