using System.Globalization;
using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>Values, and what hangs on them: attributes, calls, filters and tests.</summary>
internal sealed partial class TemplateParser
{
    private TemplateExpression Primary()
    {
        var place = Here;
        switch (Take())
        {
            case { Kind: TemplateTokenKind.String, Text: var text }:
                while (Current.Kind == TemplateTokenKind.String)
                    text += Take().Text;
                return new ConstantExpression(place, text);
            case { Kind: Integer, Text: var whole }: return new ConstantExpression(place, long.Parse(whole, CultureInfo.InvariantCulture));
            case { Kind: Float, Text: var real }: return new ConstantExpression(place, double.Parse(real, CultureInfo.InvariantCulture));
            case { Kind: Name, Text: var name }: return Named(place, name);
            case var token when token.Is("("):
                if (TryTake(")"))
                    return new ListExpression(place, [], isTuple: true);
                var inner = Tuple(withCondition: true);
                Expect(")");
                return inner;
            case var token when token.Is("["): return new ListExpression(place, List("]", Expression), isTuple: false);
            case var token when token.Is("{"): return new DictionaryExpression(place, List("}", Entry));
            case var token: throw place.Refuse($"{token.Shown} where a value belongs");
        }
    }

    private static TemplateExpression Named(TemplatePlace place, string name) => name switch
    {
        "true" or "True" => new ConstantExpression(place, true),
        "false" or "False" => new ConstantExpression(place, false),
        "none" or "None" => new ConstantExpression(place, null),
        _ => new NameExpression(place, name),
    };

    private List<T> List<T>(string end, Func<T> item)
    {
        List<T> items = [];
        while (!TryTake(end))
        {
            if (items.Count > 0)
            {
                Expect(",");
                if (TryTake(end))
                    break;
            }
            items.Add(item());
        }
        return items;
    }

    private (TemplateExpression Key, TemplateExpression Value) Entry()
    {
        var key = Expression();
        Expect(":");
        return (key, Expression());
    }

    private TemplateExpression Postfix(TemplateExpression value)
    {
        while (true)
        {
            var place = Here;
            if (TryTake("."))
                value = Current.Kind == Integer ? new ItemExpression(place, value, Primary())
                    : new AttributeExpression(place, value, TakeName("an attribute's name"));
            else if (TryTake("["))
                value = Subscript(place, value);
            else if (Current.Is("("))
                value = new CallExpression(place, value, Arguments());
            else
                return value;
        }
    }

    private TemplateExpression Subscript(TemplatePlace place, TemplateExpression value)
    {
        var start = Current.Is(":") ? null : Expression();
        if (TryTake("]"))
            return new ItemExpression(place, value, start!);
        Expect(":");
        var stop = Current.Is(":") || Current.Is("]") ? null : Expression();
        var step = TryTake(":") && !Current.Is("]") ? Expression() : null;
        Expect("]");
        return new SliceExpression(place, value, start, stop, step);
    }

    private ArgumentList Arguments()
    {
        Expect("(");
        List<TemplateExpression> positional = [];
        List<(string Name, TemplateExpression)> named = [];
        foreach (var (name, value) in List(")", Argument))
        {
            if (named.Exists(other => other.Name == name))
                throw value.Place.Refuse($"the argument {name} is given twice");
            if (name is not null)
                named.Add((name, value));
            else if (named.Count == 0)
                positional.Add(value);
            else
                throw value.Place.Refuse("an argument without a name after one with a name");
        }
        return new(positional, named);
    }

    private (string? Name, TemplateExpression Value) Argument()
    {
        if (Current.Is("*") || Current.Is("**"))
            throw Here.Refuse($"{Current.Text} before an argument is not supported");
        var isNamed = Current.Kind == Name && tokens[_at + 1].Is("=");
        var name = isNamed ? Take().Text : null;
        _at += isNamed ? 1 : 0;
        return (name, Expression());
    }

    private TemplateExpression Filtered(TemplateExpression value)
    {
        while (true)
        {
            var place = Here;
            if (TryTake("|"))
                value = Filter(value);
            else if (TryTake("is"))
                value = Test(place, value);
            else if (Current.Is("("))
                value = new CallExpression(place, value, Arguments());
            else
                return value;
        }
    }

    private List<FilterExpression> Filters()
    {
        List<FilterExpression> filters = [];
        do
            filters.Add(Filter(null));
        while (TryTake("|"));
        return filters;
    }

    private FilterExpression Filter(TemplateExpression? value)
    {
        var (place, name) = (Here, TakeName("a filter's name"));
        if (!TemplateFilters.All.ContainsKey(name))
            throw place.Refuse($"the filter {name} is not supported; {string.Join(", ", TemplateFilters.All.Keys.Order())} are");
        return new(place, name, value, Current.Is("(") ? Arguments() : ArgumentList.Empty);
    }

    private TemplateExpression Test(TemplatePlace place, TemplateExpression value)
    {
        var isNegated = TryTake("not");
        var name = TakeName("a test's name");
        if (!TemplateTests.All.ContainsKey(name))
            throw place.Refuse($"the test {name} is not supported; {string.Join(", ", TemplateTests.All.Keys.Order())} are");
        // A test's single argument needs no brackets.
        var isBare = Current.Kind is TemplateTokenKind.String or Integer or Float || Current.Is("[") || Current.Is("{")
            || (Current.Kind == Name && Current.Text is not ("else" or "or" or "and" or "if" or "in" or "not" or "is"));
        var arguments = Current.Is("(") ? Arguments() : isBare ? new ArgumentList([Postfix(Primary())], []) : ArgumentList.Empty;
        var test = new TestExpression(place, name, value, arguments);
        return isNegated ? new SignExpression(place, "not", test) : test;
    }
}
