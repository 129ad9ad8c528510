namespace PeftLabs.Labs.Reports;

/// <summary>
/// A table of HTML that is read row by row: the first cell of a row is its header. A column that is empty in every row is left out, and
/// so are headers that are all empty, as of names and values.
/// </summary>
/// <param name="caption">What it shows: text.</param>
/// <param name="headers">The columns' headers: text.</param>
internal sealed class HtmlTable(string caption, params IReadOnlyList<string> headers)
{
    private readonly List<(string? Group, IReadOnlyList<HtmlCell> Cells)> _rows = [];

    /// <summary>Whether it has no rows.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>How many of the first columns hold words, which stand to the left; all others hold numbers.</summary>
    public int Words { get; init; } = 1;

    /// <summary>The columns of words after those, by their place.</summary>
    public IReadOnlyList<int> MoreWords { get; init; } = [];

    /// <summary>Whether long texts in it may be broken anywhere.</summary>
    public bool Breaks { get; init; }

    private bool HasHeaders => headers.Any(header => header.Length > 0);

    /// <summary>Adds a row.</summary>
    public void Add(params IReadOnlyList<HtmlCell> cells) => _rows.Add((null, cells));

    /// <summary>Adds a line that heads the rows below it.</summary>
    public void AddGroup(string title) => _rows.Add((title, []));

    /// <inheritdoc/>
    public override string ToString()
    {
        List<int> columns = [.. Enumerable.Range(0, headers.Count).Where(i => i == 0 || _rows.Any(row => row.Group is null && row.Cells[i].Html.Length > 0))];
        return $"""
            <div class="wide" role="region" aria-label="{HtmlText.Escape(caption)}" tabindex="0"><table{(!HasHeaders ? " class=\"fields\"" : Breaks ? " class=\"breaks\"" : "")}>
            <caption>{HtmlText.Escape(caption)}</caption>
            {(HasHeaders ? $"<thead><tr>{string.Concat(columns.Select(Header))}</tr></thead>" : "")}
            <tbody>
            {string.Concat(_rows.Select(row => Row(row.Group, row.Cells, columns)))}</tbody></table></div>

            """;
    }

    private string Header(int column) => $"<th scope=\"col\"{Style(column, false)}>{HtmlText.Escape(headers[column])}</th>";

    private string Row(string? group, IReadOnlyList<HtmlCell> cells, List<int> columns) => group is null
        ? $"<tr>{string.Concat(columns.Select(i => Cell(cells[i], i)))}</tr>\n"
        : $"<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns.Count}\">{HtmlText.Escape(group)}</th></tr>\n";

    private string Cell(HtmlCell cell, int column)
    {
        var content = cell.IsStrong ? $"<strong>{cell.Html}</strong>" : cell.Html;
        return column == 0 ? $"<th scope=\"row\">{content}</th>" : $"<td{Style(column, cell.IsWhole)}>{content}</td>";
    }

    private string Style(int column, bool isWhole) =>
        column >= Words && !MoreWords.Contains(column) ? " class=\"number\"" : isWhole ? " class=\"whole\"" : "";
}

/// <summary>A cell of a table.</summary>
/// <param name="Html">What stands in it.</param>
internal readonly record struct HtmlCell(string Html)
{
    /// <summary>Whether it stands out.</summary>
    public bool IsStrong { get; init; }

    /// <summary>Whether it is never broken over lines.</summary>
    public bool IsWhole { get; init; }

    /// <summary>A text, as it is read.</summary>
    public static implicit operator HtmlCell(string? text) => new(HtmlText.Escape(text));

    /// <summary>A text that stays on one line.</summary>
    public static HtmlCell Whole(string? text) => new(HtmlText.Escape(text)) { IsWhole = true };

    /// <summary>Something to be read letter by letter: a hash, an option's value.</summary>
    public static HtmlCell Code(string? text) => new(HtmlText.Code(text));
}
