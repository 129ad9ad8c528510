namespace PeftLabs.Tokenization;

/// <summary>The filters that go through a sequence.</summary>
internal static class CollectionFilters
{
    public static List<object?> Pairs(object? value) => value is DictionaryValue dictionary
        ? CollectionMethods.Pairs(dictionary) : throw new TemplateFault($"items: {TemplateValue.Described(value)} where a dict belongs");

    public static string Join(object? value, CallArguments arguments) => string.Join(
        TemplateValue.Text(arguments.Get(0, "d", "")),
        TemplateValue.Items(value).Select(Key(arguments.Get(1, "attribute"))).Select(TemplateValue.Text));

    /// <summary>Either an attribute of each element, or a filter on each.</summary>
    public static object? Map(TemplateContext context, object? value, CallArguments arguments)
    {
        var items = TemplateValue.Items(value);
        if (arguments.All.Count == 0)
        {
            var attribute = arguments.Expect("filter", "attribute", "default").Require(1, "attribute");
            return new GeneratorValue(items.Select(item => Key(attribute)(item) is not Undefined and var found ? found
                : arguments.Get(2, "default") ?? Key(attribute)(item)));
        }
        var name = arguments.RequireText(0, "filter");
        var filter = TemplateFilters.All.GetValueOrDefault(name) ?? throw new TemplateFault($"map: the filter {name} is not supported");
        var (rest, function) = (arguments.Skip(1), arguments.Function);
        rest.Function = $"{function}: {name}";
        return new GeneratorValue(items.Select(item => filter(context, item, rest)));
    }

    /// <summary>The elements that pass a test (or that, or an attribute of which, is true), or the ones that do not.</summary>
    public static object? Select(object? value, CallArguments arguments, bool byAttribute, bool keeps)
    {
        var key = byAttribute ? Key(arguments.Require(0, "attribute")) : item => item;
        var rest = byAttribute ? arguments.Skip(1) : arguments;
        if (rest.All.Count == 0)
            return new GeneratorValue(TemplateValue.Items(value).Where(item => TemplateValue.IsTrue(key(item)) == keeps));
        var name = rest.RequireText(0, "test");
        var test = TemplateTests.All.GetValueOrDefault(name) ?? throw new TemplateFault($"{arguments.Function}: the test {name} is not supported");
        var testArguments = rest.Skip(1);
        return new GeneratorValue(TemplateValue.Items(value).Where(item => test(key(item), testArguments) == keeps));
    }

    public static List<object?> Sort(object? value, CallArguments arguments)
    {
        arguments.Expect("reverse", "case_sensitive", "attribute");
        var key = Key(arguments.Get(2, "attribute"), ignoreCase: !arguments.Flag(1, "case_sensitive"));
        return Ordered(TemplateValue.Items(value), key, arguments.Flag(0, "reverse"));
    }

    public static List<object?> SortDictionary(object? value, CallArguments arguments)
    {
        arguments.Expect("case_sensitive", "by", "reverse");
        var place = arguments.Get(1, "by", "key") is "value" ? 1L : 0L;
        return Ordered(Pairs(value), Key(place, ignoreCase: !arguments.Flag(0, "case_sensitive")), arguments.Flag(2, "reverse"));
    }

    public static List<object?> Group(object? value, CallArguments arguments)
    {
        var key = Key(arguments.Expect("attribute").Require(0, "attribute"));
        var sorted = Ordered(TemplateValue.Items(value), Key(arguments.Get(0, "attribute"), ignoreCase: true), descending: false);
        List<object?> groups = [];
        foreach (var item in sorted)
        {
            if (groups.LastOrDefault() is TupleValue last && TemplateValue.Compare(Folded(last[0]), Folded(key(item))) == 0)
                ((List<object?>)last[1]!).Add(item);
            else
                groups.Add(new TupleValue([key(item), new List<object?> { item }]));
        }
        return groups;
    }

    public static object? Extreme(object? value, CallArguments arguments, int sign)
    {
        arguments.Expect("case_sensitive", "attribute");
        var key = Key(arguments.Get(1, "attribute"), ignoreCase: !arguments.Flag(0, "case_sensitive"));
        var items = TemplateValue.Items(value);
        if (items.Count == 0)
            return new Undefined($"{arguments.Function} of an empty sequence");
        return items.Aggregate((best, item) => TemplateValue.Compare(key(item), key(best)) * sign > 0 ? item : best);
    }

    public static object? Sum(object? value, CallArguments arguments)
    {
        var key = Key(arguments.Get(0, "attribute"));
        return TemplateValue.Items(value).Aggregate(arguments.Get(1, "start", 0L), (sum, item) => TemplateOperators.Apply("+", sum, key(item)));
    }

    public static object? Unique(object? value, CallArguments arguments)
    {
        arguments.Expect("case_sensitive", "attribute");
        var key = Key(arguments.Get(1, "attribute"), ignoreCase: !arguments.Flag(0, "case_sensitive"));
        List<object?> seen = [], kept = [];
        foreach (var item in TemplateValue.Items(value))
        {
            if (seen.Exists(other => TemplateValue.Equals(other, key(item))))
                continue;
            seen.Add(key(item));
            kept.Add(item);
        }
        return new GeneratorValue(kept);
    }

    /// <summary>What an element is judged by: itself, or an attribute, which may be one of an attribute (a.b) or a place.</summary>
    private static Func<object?, object?> Key(object? attribute, bool ignoreCase = false)
    {
        object?[] parts = attribute switch
        {
            null => [],
            string path => [.. path.Split('.').Select(part => long.TryParse(part, out var place) ? (object)place : part)],
            _ => [attribute],
        };
        return item =>
        {
            foreach (var part in parts)
                item = TemplateAttributes.Item(item, part);
            return ignoreCase ? Folded(item) : item;
        };
    }

    private static object? Folded(object? value) => value is string text ? text.ToLowerInvariant() : value;

    private static List<object?> Ordered(IEnumerable<object?> items, Func<object?, object?> key, bool descending)
    {
        var order = Comparer<object?>.Create(TemplateValue.Compare);
        try
        {
            return [.. descending ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException exception) when (exception.InnerException is TemplateFault fault)
        {
            throw new TemplateFault(fault.Message);
        }
    }
}
