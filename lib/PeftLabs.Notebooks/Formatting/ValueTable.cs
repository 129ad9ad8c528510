using System.Collections;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Text;

namespace PeftLabs.Notebooks.Formatting;

/// <summary>
/// A sequence of objects as a table: a row an object, a column a public property (or the keys and values of a dictionary).
/// </summary>
internal sealed class ValueTable
{
    /// <summary>Rows shown; the table says how many it leaves out.</summary>
    public const int MaxRows = 100;

    private readonly List<string> _headers;
    private readonly List<string[]> _rows = [];
    private readonly bool[] _isNumber;
    private int _leftOut;

    private ValueTable(List<string> headers)
    {
        _headers = headers;
        _isNumber = [.. headers.Select(_ => true)];
    }

    /// <summary>The table of a sequence, or null where its items are plain values rather than objects with properties.</summary>
    public static ValueTable? TryCreate(IEnumerable items)
    {
        if (items is IDictionary dictionary) return OfPairs(dictionary);
        using var enumerator = items.Cast<object?>().GetEnumerator();
        if (!enumerator.MoveNext() || enumerator.Current is not { } first) return null;
        var columns = Columns(first.GetType());
        if (columns.Length == 0) return null;
        var table = new ValueTable([.. columns.Select(column => column.Name)]);
        do table.Add([.. columns.Select(column => Value(column, enumerator.Current))]);
        while (enumerator.MoveNext());
        return table;
    }

    private static ValueTable OfPairs(IDictionary dictionary)
    {
        var table = new ValueTable(["Key", "Value"]);
        foreach (DictionaryEntry entry in dictionary) table.Add([entry.Key, entry.Value]);
        return table;
    }

    private static PropertyInfo[] Columns(Type type)
    {
        var isPlain = type.IsPrimitive || type.IsEnum || typeof(IFormattable).IsAssignableFrom(type)
            || typeof(IEnumerable).IsAssignableFrom(type);
        if (isPlain) return [];
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)];
    }

    private static object? Value(PropertyInfo column, object? item) =>
        column.DeclaringType!.IsInstanceOfType(item) ? column.GetValue(item) : null;

    private void Add(object?[] values)
    {
        if (_rows.Count == MaxRows)
        {
            _leftOut++;
            return;
        }
        for (var i = 0; i < values.Length; i++) _isNumber[i] &= values[i] is null || IsNumber(values[i]!);
        _rows.Add([.. values.Select(value => value is null ? "" : Formatter.Text(value).ReplaceLineEndings(" "))]);
    }

    private static bool IsNumber(object value) => value.GetType().GetInterfaces().Any(
        type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(INumber<>)) && value is not char;

    public string ToText()
    {
        int[] widths = [.. _headers.Select((header, i) => _rows.Select(row => row[i].Length).Append(header.Length).Max())];
        string Line(IReadOnlyList<string> cells) =>
            string.Join("  ", cells.Select((cell, i) => _isNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
        var lines = _rows.Select(Line).Prepend(string.Join("  ", widths.Select(width => new string('-', width)))).Prepend(Line(_headers));
        return string.Join('\n', _leftOut == 0 ? lines : lines.Append(LeftOut));
    }

    public string ToHtml()
    {
        var html = new StringBuilder("<table><thead><tr>");
        for (var i = 0; i < _headers.Count; i++) html.Append(Cell("th", i, _headers[i]));
        html.Append("</tr></thead><tbody>");
        foreach (var row in _rows) html.Append("<tr>").AppendJoin("", row.Select((cell, i) => Cell("td", i, cell))).Append("</tr>");
        return html.Append("</tbody></table>").Append(_leftOut == 0 ? "" : $"<p>{LeftOut}</p>").ToString();
    }

    private string Cell(string tag, int column, string text) =>
        $"<{tag} style=\"text-align:{(_isNumber[column] ? "right" : "left")}\">{WebUtility.HtmlEncode(text)}</{tag}>";

    private string LeftOut => $"… and {_leftOut} more";
}
