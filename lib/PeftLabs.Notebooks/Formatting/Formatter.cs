using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks.Formatting;

/// <summary>Turns any value into the forms in which a notebook shows it.</summary>
public static class Formatter
{
    /// <summary>
    /// The forms of a value: those of its own formatters (.NET Interactive's convention, an attribute named TypeFormatterSourceAttribute)
    /// where it has any; a table, as text and HTML, for a sequence of objects; plain text for all else.
    /// </summary>
    public static MimeBundle Format(object? value)
    {
        var bundle = new MimeBundle();
        if (value is HtmlText html) return Html(bundle, html);
        if (value is not null && ConventionFormatters.TryFormat(value, bundle)) return bundle;
        if (value is JsonNode json)
        {
            bundle["application/json"] = json.ToJsonString();
            bundle["text/plain"] = json.ToString();
        }
        else if (value is IEnumerable items and not string && ValueTable.TryCreate(items) is { } table)
        {
            bundle["text/plain"] = table.ToText();
            bundle["text/html"] = table.ToHtml();
        }
        else bundle["text/plain"] = Text(value);
        return bundle;
    }

    /// <summary>A value as one piece of plain text: numbers in invariant form, a sequence as its items in brackets.</summary>
    public static string Text(object? value) => value switch
    {
        null => "<null>",
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items when HasNoTextOfItsOwn(value) => $"[{string.Join(", ", Shown(items))}]",
        _ => value.ToString() ?? "",
    };

    private static bool HasNoTextOfItsOwn(object value) =>
        value is Array || value.GetType().GetMethod(nameof(ToString), [])!.DeclaringType == typeof(object);

    private static IEnumerable<string> Shown(IEnumerable items)
    {
        var count = 0;
        foreach (var item in items)
        {
            if (count++ == ValueTable.MaxRows)
            {
                yield return "…";
                yield break;
            }
            yield return Text(item);
        }
    }

    private static MimeBundle Html(MimeBundle bundle, HtmlText html)
    {
        bundle["text/html"] = html.Html;
        bundle["text/plain"] = html.Html;
        return bundle;
    }
}
