namespace PeftLabs.Tokenization;

internal sealed class OperatorExpression(TemplatePlace place, string symbol, TemplateExpression left, TemplateExpression right)
    : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context) =>
        TemplateOperators.Apply(symbol, left.Evaluate(context), right.Evaluate(context));
}

/// <summary>~: everything as text, put together.</summary>
internal sealed class ConcatenationExpression(TemplatePlace place, IReadOnlyList<TemplateExpression> parts) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context) => string.Concat(parts.Select(part => TemplateValue.Text(part.Evaluate(context))));
}

/// <summary>not, minus and plus before a value.</summary>
internal sealed class SignExpression(TemplatePlace place, string symbol, TemplateExpression value) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context)
    {
        var operand = value.Evaluate(context);
        return symbol switch
        {
            "not" => !TemplateValue.IsTrue(operand),
            "-" => TemplateOperators.Negate(operand),
            _ => TemplateOperators.Positive(operand),
        };
    }
}

/// <summary>and, or: the one operand or the other, as in Python.</summary>
internal sealed class LogicExpression(TemplatePlace place, bool isAnd, TemplateExpression left, TemplateExpression right)
    : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context)
    {
        var first = left.Evaluate(context);
        return TemplateValue.IsTrue(first) == isAnd ? right.Evaluate(context) : first;
    }
}

/// <summary>a &lt; b &lt;= c: each holds for its neighbours.</summary>
internal sealed class ComparisonExpression(
    TemplatePlace place, TemplateExpression first, IReadOnlyList<(string Symbol, TemplateExpression Operand)> rest) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context)
    {
        var left = first.Evaluate(context);
        foreach (var (symbol, operand) in rest)
        {
            var right = operand.Evaluate(context);
            if (!Holds(symbol, left, right))
                return false;
            left = right;
        }
        return true;
    }

    public static bool Holds(string symbol, object? left, object? right) => symbol switch
    {
        "==" => TemplateValue.Equals(left, right),
        "!=" => !TemplateValue.Equals(left, right),
        "in" => TemplateOperators.Contains(right, left),
        "not in" => !TemplateOperators.Contains(right, left),
        "<" => TemplateValue.Compare(left, right) < 0,
        "<=" => TemplateValue.Compare(left, right) <= 0,
        ">" => TemplateValue.Compare(left, right) > 0,
        _ => TemplateValue.Compare(left, right) >= 0,
    };
}

/// <summary>a if b else c; without else it is undefined where b is false.</summary>
internal sealed class ConditionalExpression(
    TemplatePlace place, TemplateExpression condition, TemplateExpression then, TemplateExpression? otherwise) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context) => TemplateValue.IsTrue(condition.Evaluate(context)) ? then.Evaluate(context)
        : otherwise is null ? new Undefined("an inline if without else had a false condition") : otherwise.Evaluate(context);
}
