using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace PeftLabs.Plotting;

/// <summary>What a figure shows, in words and numbers: for front ends, terminals and readers that draw nothing.</summary>
internal static partial class FigureText
{
    private const int MaxRows = 24;

    public static string Of(Figure figure) =>
        string.Join('\n', Parts(figure).OfType<string>());

    private static string?[] Parts(Figure figure) =>
        [Plain(figure.Layout.Title), Plain(figure.Layout.Subtitle), figure.Values ?? Table(figure)];

    /// <summary>A row for each place, a column for each trace; of many places, some, evenly apart, with the first and last.</summary>
    private static string Table(Figure figure)
    {
        List<Trace> traces = [.. figure.Traces.Where(trace => trace.HoverTemplate != "")];
        var isHorizontal = traces.Any(trace => trace is BarTrace { Horizontal: true });
        PlotValues Places(Trace trace) => isHorizontal ? trace.Y : trace.X;
        List<object> places = [.. traces.SelectMany(Places).Distinct()];
        if (places.All(place => place is double)) places.Sort();
        var columns = traces.Select(trace => Column(Places(trace), isHorizontal ? trace.X : trace.Y)).ToList();
        var axis = isHorizontal ? figure.Layout.YAxis : figure.Layout.XAxis;
        string[] headers = [AxisName(axis), .. traces.Select((trace, i) => Plain(trace.Name) ?? $"values {i + 1}")];
        return TextTable.Format(headers, [.. Thin(places).Select(place =>
            (IReadOnlyList<string>)[Number(place), .. columns.Select(column => Number(column.GetValueOrDefault(place)))])]);
    }

    private static Dictionary<object, object> Column(PlotValues places, PlotValues values)
    {
        var column = new Dictionary<object, object>();
        for (var i = 0; i < places.Count; i++) column[places[i]] = values[i];
        return column;
    }

    /// <summary>At most so many of the items, evenly apart, the first and the last among them.</summary>
    public static IEnumerable<T> Thin<T>(IReadOnlyList<T> items, int most = MaxRows) => items.Count <= most
        ? items
        : Enumerable.Range(0, most).Select(i => items[(int)Math.Round(i * (items.Count - 1) / (most - 1.0))]);

    private static string AxisName(Axis axis) => Plain(axis.Title) ?? "";

    private static string Number(object? value) => value switch
    {
        null => "",
        double.NaN => "",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        _ => Plain(value.ToString()) ?? "",
    };

    /// <summary>A text of a figure without its marks.</summary>
    public static string? Plain(string? text) =>
        text is null ? null : WebUtility.HtmlDecode(Tag().Replace(text.Replace("<br>", " ", StringComparison.Ordinal), ""));

    /// <summary>A text as a figure shows it letter by letter, whatever marks it seems to hold: for names that people give.</summary>
    public static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    [GeneratedRegex("<[^<>]+>")]
    private static partial Regex Tag();
}
