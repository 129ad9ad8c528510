namespace PeftLabs.Tokenization;

/// <summary>The methods of strings.</summary>
internal static class StringMethods
{
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>
    {
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition", "startswith", "endswith", "replace", "upper", "lower",
        "title", "capitalize", "join", "find", "rfind", "index", "count", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower",
        "isnumeric", "removeprefix", "removesuffix", "format",
    };

    public static object? Call(string text, string name, CallArguments arguments) => name switch
    {
        "strip" or "lstrip" or "rstrip" => Strip(text, name, arguments.Expect("chars")),
        "split" or "rsplit" => Split(text, arguments.Expect("sep", "maxsplit"), fromEnd: name == "rsplit"),
        "splitlines" => new List<object?>(PythonText.Lines(arguments.Expect() is not null ? text : "")),
        "partition" => Partition(text, arguments.Expect("sep").RequireText(0, "sep")),
        "startswith" => Any(arguments.Expect("prefix"), "prefix", part => text.StartsWith(part, StringComparison.Ordinal)),
        "endswith" => Any(arguments.Expect("suffix"), "suffix", part => text.EndsWith(part, StringComparison.Ordinal)),
        "replace" => Replace(text, arguments.Expect("old", "new", "count")),
        "upper" => text.ToUpperInvariant(),
        "lower" => text.ToLowerInvariant(),
        "title" => PythonText.Title(text),
        "capitalize" => PythonText.Capitalize(text),
        "join" => string.Join(text, TemplateValue.Items(arguments.Expect("iterable").Require(0, "iterable")).Select(Part)),
        "find" => Place(text, text.IndexOf(arguments.Expect("sub").RequireText(0, "sub"), StringComparison.Ordinal)),
        "rfind" => Place(text, text.LastIndexOf(arguments.Expect("sub").RequireText(0, "sub"), StringComparison.Ordinal)),
        "index" => text.IndexOf(arguments.Expect("sub").RequireText(0, "sub"), StringComparison.Ordinal) is var at and >= 0 ? Place(text, at)
            : throw new TemplateFault($"index: {PythonText.Quote(arguments.RequireText(0, "sub"))} is not in {TemplateValue.Described(text)}"),
        "count" => Count(text, arguments.Expect("sub").RequireText(0, "sub")),
        "isdigit" or "isnumeric" => text != "" && text.All(char.IsDigit),
        "isalpha" => text != "" && text.All(char.IsLetter),
        "isalnum" => text != "" && text.All(char.IsLetterOrDigit),
        "isspace" => PythonText.IsSpace(text.AsSpan()),
        "isupper" => text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "islower" => text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "removeprefix" => arguments.RequireText(0, "prefix") is var prefix && text.StartsWith(prefix, StringComparison.Ordinal)
            ? text[prefix.Length..] : text,
        "removesuffix" => arguments.RequireText(0, "suffix") is var suffix && suffix != "" && text.EndsWith(suffix, StringComparison.Ordinal)
            ? text[..^suffix.Length] : text,
        _ => throw new TemplateFault($"the string method {name} is not supported; % and ~ put texts together"),
    };

    /// <summary>str.replace, at most so many times; -1 for all.</summary>
    public static string Replace(string text, string old, string by, long count)
    {
        if (count < 0 && old != "")
            return text.Replace(old, by, StringComparison.Ordinal);
        if (old == "")
            throw new TemplateFault("replace: an empty string cannot be replaced");
        var at = 0;
        for (; count > 0 && text.IndexOf(old, at, StringComparison.Ordinal) is var found and >= 0; count--)
        {
            text = string.Concat(text.AsSpan(0, found), by, text.AsSpan(found + old.Length));
            at = found + by.Length;
        }
        return text;
    }

    private static string Strip(string text, string name, CallArguments arguments)
    {
        var characters = arguments.Get(0, "chars") is null ? null : arguments.RequireText(0, "chars");
        return PythonText.Strip(text, characters, start: name != "rstrip", end: name != "lstrip");
    }

    private static string Replace(string text, CallArguments arguments) =>
        Replace(text, arguments.RequireText(0, "old"), arguments.RequireText(1, "new"), arguments.Whole(2, "count", -1));

    private static List<object?> Split(string text, CallArguments arguments, bool fromEnd)
    {
        var most = arguments.Whole(1, "maxsplit", -1);
        if (arguments.Get(0, "sep") is null)
            return SplitAtSpace(text, most < 0 ? long.MaxValue : most, fromEnd);
        var separator = arguments.RequireText(0, "sep");
        if (separator == "")
            throw new TemplateFault("split: an empty separator");
        var parts = text.Split(separator);
        if (most < 0 || most >= parts.Length)
            return [.. parts];
        var kept = (int)most;
        return fromEnd ? [string.Join(separator, parts[..^kept]), .. parts[^kept..]] : [.. parts[..kept], string.Join(separator, parts[kept..])];
    }

    private static List<object?> SplitAtSpace(string text, long most, bool fromEnd)
    {
        if (fromEnd && most < long.MaxValue)
            throw new TemplateFault("rsplit at white space with a maximum is not supported");
        List<object?> parts = [];
        for (var rest = PythonText.Strip(text, null, start: true, end: false); rest != "";)
        {
            var end = 0;
            while (end < rest.Length && !PythonText.IsSpace(rest[end]))
                end++;
            var isLast = parts.Count == most;
            parts.Add(isLast ? rest : rest[..end]);
            rest = isLast ? "" : PythonText.Strip(rest[end..], null, start: true, end: false);
        }
        return parts;
    }

    private static TupleValue Partition(string text, string separator) => text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0
        ? new([text[..at], separator, text[(at + separator.Length)..]]) : new([text, "", ""]);

    private static bool Any(CallArguments arguments, string name, Func<string, bool> test) => arguments.Require(0, name) is TupleValue several
        ? several.Exists(part => test(Part(part))) : test(arguments.RequireText(0, name));

    private static string Part(object? value) =>
        value as string ?? throw new TemplateFault($"{TemplateValue.Described(value)} where a string belongs");

    private static long Place(string text, int at) => at < 0 ? -1 : PythonText.Length(text[..at]);

    private static long Count(string text, string part) => part == "" ? PythonText.Length(text) + 1 : text.Split(part).Length - 1;
}
