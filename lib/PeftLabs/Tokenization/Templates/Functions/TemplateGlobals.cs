namespace PeftLabs.Tokenization;

/// <summary>A function that is there in every template.</summary>
internal sealed class TemplateGlobal(Func<TemplateContext, CallArguments, object?> call)
{
    public object? Call(TemplateContext context, CallArguments arguments) => call(context, arguments);
}

/// <summary>Jinja's global functions, and the two that transformers adds.</summary>
internal static class TemplateGlobals
{
    private const int LongestRange = 100_000;

    private static readonly Dictionary<string, TemplateGlobal> _all = new()
    {
        ["range"] = new((_, arguments) => Range(arguments.Expect("start", "stop", "step"))),
        ["dict"] = new((_, arguments) => Dictionary(arguments)),
        ["namespace"] = new((_, arguments) => Namespace(arguments)),
        ["raise_exception"] = new((_, arguments) => throw new TemplateFault(TemplateValue.Text(arguments.Expect("message").Require(0, "message")))),
        ["strftime_now"] = new((context, arguments) =>
            TemplateTime.Format(context.Clock.GetLocalNow(), arguments.Expect("format").RequireText(0, "format"))),
    };

    public static TemplateGlobal? Find(string name) => _all.GetValueOrDefault(name);

    private static List<object?> Range(CallArguments arguments)
    {
        var hasStart = arguments.Has(1, "stop");
        var (start, stop) = (hasStart ? arguments.Whole(0, "start", 0) : 0, arguments.Whole(hasStart ? 1 : 0, hasStart ? "stop" : "start", 0));
        var step = arguments.Whole(2, "step", 1);
        if (step == 0)
            throw new TemplateFault("range: the step is 0");
        List<object?> numbers = [];
        for (var number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            if (numbers.Count == LongestRange)
                throw new TemplateFault($"range: more than {LongestRange} numbers");
            numbers.Add(number);
        }
        return numbers;
    }

    private static DictionaryValue Dictionary(CallArguments arguments)
    {
        DictionaryValue dictionary = arguments.All switch
        {
            [] => [],
            [DictionaryValue other] => new(other),
            _ => throw new TemplateFault("dict takes another dict, or arguments with names"),
        };
        foreach (var (name, value) in arguments.Named)
            dictionary[name] = value;
        return dictionary;
    }

    private static NamespaceValue Namespace(CallArguments arguments)
    {
        var space = new NamespaceValue();
        foreach (var (name, value) in Dictionary(arguments))
            space.Attributes[TemplateValue.Text(name)] = value;
        return space;
    }
}
