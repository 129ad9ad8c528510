using System.Globalization;

namespace PeftLabs.Tokenization;

/// <summary>A filter: what stands before the bar becomes what it gives.</summary>
internal delegate object? TemplateFilter(TemplateContext context, object? value, CallArguments arguments);

/// <summary>The filters of Jinja that chat templates use.</summary>
internal static class TemplateFilters
{
    public static IReadOnlyDictionary<string, TemplateFilter> All { get; } = new Dictionary<string, TemplateFilter>
    {
        ["abs"] = (_, value, _) => value is double real ? Math.Abs(real)
            : TemplateValue.Whole(value) is var whole && whole < 0 ? TemplateOperators.Negate(whole) : whole,
        ["attr"] = (_, value, arguments) => TemplateAttributes.Dot(value, arguments.Expect("name").RequireText(0, "name")),
        ["capitalize"] = (_, value, _) => PythonText.Capitalize(TemplateValue.Text(value)),
        ["count"] = (_, value, _) => TemplateValue.Length(value),
        ["d"] = (_, value, arguments) => Default(value, arguments),
        ["default"] = (_, value, arguments) => Default(value, arguments),
        ["dictsort"] = (_, value, arguments) => CollectionFilters.SortDictionary(value, arguments),
        ["first"] = (_, value, _) => TemplateValue.Items(value) is [var first, ..] ? first : new Undefined("an empty sequence has no first element"),
        ["float"] = (_, value, arguments) => Float(value, arguments.Expect("default").Get(0, "default", 0.0)),
        ["format"] = (_, value, arguments) => PrintfFormat.Apply(TemplateValue.Text(value), arguments.All),
        ["groupby"] = (_, value, arguments) => CollectionFilters.Group(value, arguments),
        ["indent"] = (_, value, arguments) => Indent(TemplateValue.Text(value), arguments.Expect("width", "first", "blank")),
        ["int"] = (_, value, arguments) => Int(value, arguments.Expect("default").Get(0, "default", 0L)),
        ["items"] = (_, value, _) => value is Undefined ? new GeneratorValue([]) : new GeneratorValue(CollectionFilters.Pairs(value)),
        ["join"] = (_, value, arguments) => CollectionFilters.Join(value, arguments.Expect("d", "attribute")),
        ["last"] = (_, value, _) => TemplateValue.Items(value) is [.., var last] ? last : new Undefined("an empty sequence has no last element"),
        ["length"] = (_, value, _) => TemplateValue.Length(value),
        ["list"] = (_, value, _) => new List<object?>(TemplateValue.Items(value)),
        ["lower"] = (_, value, _) => TemplateValue.Text(value).ToLowerInvariant(),
        ["map"] = CollectionFilters.Map,
        ["max"] = (_, value, arguments) => CollectionFilters.Extreme(value, arguments, 1),
        ["min"] = (_, value, arguments) => CollectionFilters.Extreme(value, arguments, -1),
        ["reject"] = (_, value, arguments) => CollectionFilters.Select(value, arguments, byAttribute: false, keeps: false),
        ["rejectattr"] = (_, value, arguments) => CollectionFilters.Select(value, arguments, byAttribute: true, keeps: false),
        ["replace"] = (_, value, arguments) => StringMethods.Replace(
            TemplateValue.Text(value), TemplateValue.Text(arguments.Expect("old", "new", "count").Require(0, "old")),
            TemplateValue.Text(arguments.Require(1, "new")), arguments.Whole(2, "count", -1)),
        ["reverse"] = (_, value, _) => value is string text ? string.Concat(PythonText.Characters(text).AsEnumerable().Reverse())
            : new GeneratorValue(TemplateValue.Items(value).Reverse()),
        ["round"] = (_, value, arguments) => Round(TemplateValue.Real(value), arguments.Expect("precision", "method")),
        ["safe"] = (_, value, _) => value,
        ["select"] = (_, value, arguments) => CollectionFilters.Select(value, arguments, byAttribute: false, keeps: true),
        ["selectattr"] = (_, value, arguments) => CollectionFilters.Select(value, arguments, byAttribute: true, keeps: true),
        ["sort"] = (_, value, arguments) => CollectionFilters.Sort(value, arguments),
        ["string"] = (_, value, _) => TemplateValue.Text(value),
        ["sum"] = (_, value, arguments) => CollectionFilters.Sum(value, arguments.Expect("attribute", "start")),
        ["title"] = (_, value, _) => TitleWords(TemplateValue.Text(value)),
        ["tojson"] = (_, value, arguments) => TemplateJson.Write(value, arguments.Expect("ensure_ascii", "indent", "separators", "sort_keys")),
        ["trim"] = (_, value, arguments) => PythonText.Strip(
            TemplateValue.Text(value), arguments.Expect("chars").Get(0, "chars") is null ? null : arguments.RequireText(0, "chars"), true, true),
        ["unique"] = (_, value, arguments) => CollectionFilters.Unique(value, arguments),
        ["upper"] = (_, value, _) => TemplateValue.Text(value).ToUpperInvariant(),
        ["wordcount"] = (_, value, _) => (long)TemplateValue.Text(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
    };

    private static object? Default(object? value, CallArguments arguments)
    {
        arguments.Expect("default_value", "boolean");
        var stands = value is not Undefined && (!arguments.Flag(1, "boolean") || TemplateValue.IsTrue(value));
        return stands ? value : arguments.Get(0, "default_value", "");
    }

    private static object? Int(object? value, object? fallback) => value switch
    {
        bool or long => TemplateValue.Whole(value),
        double real when Math.Abs(real) < 9e18 => (long)real,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < 9e18 => (long)real,
        _ => fallback,
    };

    private static object? Float(object? value, object? fallback) => value switch
    {
        bool or long or double => TemplateValue.Real(value),
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
        _ => fallback,
    };

    private static double Round(double value, CallArguments arguments)
    {
        var digits = arguments.Whole(0, "precision", 0);
        var scale = Math.Pow(10, digits);
        return (arguments.Get(1, "method", "common") as string) switch
        {
            "common" => digits is >= 0 and <= 15 ? Math.Round(value, (int)digits, MidpointRounding.ToEven) : Math.Round(value * scale) / scale,
            "ceil" => Math.Ceiling(value * scale) / scale,
            "floor" => Math.Floor(value * scale) / scale,
            _ => throw new TemplateFault("round: the method is common, ceil or floor"),
        };
    }

    private static string Indent(string text, CallArguments arguments)
    {
        var by = arguments.Get(0, "width") is string given ? given : TemplateOperators.Repeat(" ", arguments.Whole(0, "width", 4));
        var (first, blank) = (arguments.Flag(1, "first"), arguments.Flag(2, "blank"));
        var lines = PythonText.Lines(text + "\n");
        return string.Join("\n", lines.Select((line, i) => (i == 0 ? first : blank || line != "") ? by + line : line));
    }

    /// <summary>The title filter is not str.title: words begin after white space, a minus, or an opening bracket alone.</summary>
    private static string TitleWords(string text) => string.Create(text.Length, text, static (units, source) =>
    {
        for (var i = 0; i < units.Length; i++)
        {
            var begins = i == 0 || PythonText.IsSpace(source[i - 1]) || source[i - 1] is '-' or '(' or '{' or '[' or '<';
            units[i] = begins ? char.ToUpperInvariant(source[i]) : char.ToLowerInvariant(source[i]);
        }
    });
}
