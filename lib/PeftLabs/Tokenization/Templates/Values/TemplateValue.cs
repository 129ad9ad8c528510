using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>What a name or an attribute gives that does not exist: empty where it is written, false, and nothing else.</summary>
/// <param name="What">What is missing, as a sentence.</param>
internal sealed record Undefined(string What);

/// <summary>A dict; its keys are strings, mostly, or numbers.</summary>
internal sealed class DictionaryValue : OrderedDictionary<object, object?>
{
    public DictionaryValue()
    {
    }

    public DictionaryValue(DictionaryValue other)
        : base(other)
    {
    }
}

/// <summary>A list that cannot change, which Python writes in round brackets.</summary>
internal sealed class TupleValue(IEnumerable<object?> items) : List<object?>(items);

/// <summary>What map, select and their like give: to be gone through, and true even where nothing is in it.</summary>
internal sealed class GeneratorValue(IEnumerable<object?> items) : List<object?>(items);

/// <summary>An object of <c>namespace()</c>: the one thing whose attributes a template sets.</summary>
internal sealed class NamespaceValue
{
    public Dictionary<string, object?> Attributes { get; } = [];
}

/// <summary>
/// The values of a template: null (None), <see cref="Undefined"/>, bool, long, double, string, <c>List&lt;object?&gt;</c>,
/// <see cref="DictionaryValue"/>, <see cref="NamespaceValue"/> and functions. They behave as Python's do.
/// </summary>
internal static class TemplateValue
{
    /// <summary>The type's name in Python, for messages.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "None",
        Undefined => "undefined",
        bool => "bool",
        long => "int",
        double => "float",
        string => "str",
        TupleValue => "tuple",
        List<object?> => "list",
        DictionaryValue => "dict",
        NamespaceValue => "namespace",
        ITemplateFunction or TemplateGlobal => "function",
        _ => "loop",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text != "",
        GeneratorValue => true,
        List<object?> list => list.Count > 0,
        DictionaryValue dictionary => dictionary.Count > 0,
        _ => true,
    };

    /// <summary>str().</summary>
    public static string Text(object? value) => value is string text ? text : value is Undefined ? "" : Shown(value);

    /// <summary>repr().</summary>
    public static string Shown(object? value)
    {
        switch (value)
        {
            case null: return "None";
            case Undefined: return "Undefined";
            case bool flag: return flag ? "True" : "False";
            case long number: return number.ToString(CultureInfo.InvariantCulture);
            case double number: return PythonText.Float(number);
            case string text: return PythonText.Quote(text);
            case TupleValue { Count: 1 } tuple: return $"({Shown(tuple[0])},)";
            case TupleValue tuple: return $"({string.Join(", ", tuple.Select(Shown))})";
            case List<object?> list: return $"[{string.Join(", ", list.Select(Shown))}]";
            case DictionaryValue dictionary:
                return $"{{{string.Join(", ", dictionary.Select(entry => $"{Shown(entry.Key)}: {Shown(entry.Value)}"))}}}";
            default: throw new TemplateFault($"a {TypeName(value)} has no text");
        }
    }

    /// <summary>What a for loop goes through.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        DictionaryValue dictionary => [.. dictionary.Keys],
        string text => PythonText.Characters(text),
        Undefined => [],
        _ => throw new TemplateFault($"{Described(value)} is nothing to go through: a list, a dict or a string is"),
    };

    /// <summary>len().</summary>
    public static long Length(object? value) => value switch
    {
        string text => PythonText.Length(text),
        List<object?> list => list.Count,
        DictionaryValue dictionary => dictionary.Count,
        Undefined => 0,
        _ => throw new TemplateFault($"{Described(value)} has no length"),
    };

    public static new bool Equals(object? a, object? b)
    {
        switch (a, b)
        {
            case (null, null) or (Undefined, Undefined): return true;
            case (string first, string second): return first == second;
            case (List<object?> first, List<object?> second):
                return first is TupleValue == second is TupleValue && first.Count == second.Count
                    && first.Zip(second).All(pair => Equals(pair.First, pair.Second));
            case (DictionaryValue first, DictionaryValue second):
                return first.Count == second.Count
                    && first.All(entry => second.TryGetValue(entry.Key, out var value) && Equals(entry.Value, value));
            case (bool or long, bool or long): return Whole(a) == Whole(b);
            default: return IsNumber(a) && IsNumber(b) ? Real(a) == Real(b) : ReferenceEquals(a, b);
        }
    }

    /// <summary>Below 0 where a comes first.</summary>
    public static int Compare(object? a, object? b)
    {
        switch (a, b)
        {
            case (string first, string second): return string.CompareOrdinal(first, second);
            case (bool or long, bool or long): return Whole(a).CompareTo(Whole(b));
            case (List<object?> first, List<object?> second):
                foreach (var (left, right) in first.Zip(second))
                    if (!Equals(left, right))
                        return Compare(left, right);
                return first.Count.CompareTo(second.Count);
            default:
                RefuseUndefined(a);
                RefuseUndefined(b);
                return IsNumber(a) && IsNumber(b) ? Real(a).CompareTo(Real(b))
                    : throw new TemplateFault($"{Described(a)} and {Described(b)} have no order");
        }
    }

    public static bool IsNumber(object? value) => value is bool or long or double;

    public static long Whole(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        _ => throw new TemplateFault($"{Described(value)} where a whole number belongs"),
    };

    public static double Real(object? value) => value is double number ? number : Whole(value);

    /// <summary>A value as a message names it.</summary>
    public static string Described(object? value)
    {
        if (value is Undefined undefined)
            return undefined.What;
        var isOpaque = value is NamespaceValue or ITemplateFunction or TemplateGlobal or LoopState;
        var shown = isOpaque ? $"a {TypeName(value)}" : $"the {TypeName(value)} {Shown(value)}";
        return value is null ? "None" : shown.Length > 60 ? shown[..60] + "…" : shown;
    }

    public static void RefuseUndefined(object? value)
    {
        if (value is Undefined undefined)
            throw new TemplateFault(undefined.What);
    }
}
