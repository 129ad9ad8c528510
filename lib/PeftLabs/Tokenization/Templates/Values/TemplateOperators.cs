namespace PeftLabs.Tokenization;

/// <summary>The operators, as Python's are.</summary>
internal static class TemplateOperators
{
    private const int LongestRepeat = 1 << 20;

    public static object? Apply(string symbol, object? a, object? b)
    {
        TemplateValue.RefuseUndefined(a);
        TemplateValue.RefuseUndefined(b);
        try
        {
            return (symbol, a, b) switch
            {
                ("+", string first, string second) => first + second,
                ("+", TupleValue first, TupleValue second) => new TupleValue(first.Concat(second)),
                ("+", List<object?> first, List<object?> second) when first is not TupleValue && second is not TupleValue =>
                    (List<object?>)[.. first, .. second],
                ("*", string text, bool or long) => Repeat(text, TemplateValue.Whole(b)),
                ("*", bool or long, string text) => Repeat(text, TemplateValue.Whole(a)),
                ("%", string format, _) => PrintfFormat.Apply(format, b is TupleValue tuple ? tuple : [b]),
                _ when TemplateValue.IsNumber(a) && TemplateValue.IsNumber(b) => Calculate(symbol, a, b),
                _ => throw new TemplateFault($"{symbol} is not for {TemplateValue.Described(a)} and {TemplateValue.Described(b)}"),
            };
        }
        catch (Exception exception) when (exception is OverflowException or DivideByZeroException)
        {
            var problem = exception is DivideByZeroException ? "a division by 0" : "a number beyond the whole numbers that are supported";
            throw new TemplateFault($"{TemplateValue.Shown(a)} {symbol} {TemplateValue.Shown(b)} is {problem}");
        }
    }

    public static object? Negate(object? value)
    {
        TemplateValue.RefuseUndefined(value);
        return value is double number ? -number : Apply("-", 0L, TemplateValue.Whole(value));
    }

    public static object? Positive(object? value)
    {
        TemplateValue.RefuseUndefined(value);
        return value is double ? value : (object)TemplateValue.Whole(value);
    }

    public static bool Contains(object? container, object? value) => container switch
    {
        string text => value is string part ? text.Contains(part, StringComparison.Ordinal)
            : throw new TemplateFault($"{TemplateValue.Described(value)} cannot be in a string: only a string can"),
        List<object?> list => list.Exists(item => TemplateValue.Equals(item, value)),
        DictionaryValue dictionary => value is not null && dictionary.ContainsKey(value),
        Undefined => false,
        _ => throw new TemplateFault($"nothing can be in {TemplateValue.Described(container)}: a list, a dict or a string has contents"),
    };

    /// <summary>A text several times; below 1, none, as in Python.</summary>
    public static string Repeat(string text, long count)
    {
        if (count <= 0 || text == "")
            return "";
        return count <= LongestRepeat / text.Length ? string.Concat(Enumerable.Repeat(text, (int)count))
            : throw new TemplateFault($"a text of {text.Length} characters repeated {count} times is too long");
    }

    private static object Calculate(string symbol, object? a, object? b)
    {
        if (symbol == "/")
            return TemplateValue.Real(b) == 0 ? throw new DivideByZeroException() : TemplateValue.Real(a) / TemplateValue.Real(b);
        if (a is double || b is double)
            return Calculate(symbol, TemplateValue.Real(a), TemplateValue.Real(b));
        return Calculate(symbol, TemplateValue.Whole(a), TemplateValue.Whole(b));
    }

    private static object Calculate(string symbol, long a, long b) => symbol switch
    {
        "+" => (object)checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        // Python rounds towards minus infinity, and a remainder has the divisor's sign.
        "//" => checked(a / b) - (a % b != 0 && a < 0 != b < 0 ? 1 : 0),
        "%" => a % b + (a % b != 0 && a < 0 != b < 0 ? b : 0),
        _ when b < 0 => (object)Math.Pow(a, b),
        _ => Power(a, b),
    };

    private static object Calculate(string symbol, double a, double b)
    {
        if (symbol is "//" or "%" && b == 0)
            throw new DivideByZeroException();
        return symbol switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "//" => Math.Floor(a / b),
            "%" => a - Math.Floor(a / b) * b,
            _ => Math.Pow(a, b),
        };
    }

    private static long Power(long a, long b)
    {
        var result = 1L;
        for (; b > 0; b >>= 1)
        {
            if ((b & 1) == 1)
                result = checked(result * a);
            if (b > 1)
                a = checked(a * a);
        }
        return result;
    }
}
