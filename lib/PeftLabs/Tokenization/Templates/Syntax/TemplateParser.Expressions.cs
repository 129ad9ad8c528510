using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>Expressions, from what binds least to what binds most.</summary>
internal sealed partial class TemplateParser
{
    private static readonly HashSet<string> _comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>One expression, or several with commas between, which are a tuple.</summary>
    private TemplateExpression Tuple(bool withCondition)
    {
        var place = Here;
        List<TemplateExpression> items = [withCondition ? Expression() : Or()];
        var isTuple = false;
        while (TryTake(","))
        {
            isTuple = true;
            if (Current.Kind is OutputEnd or TagEnd || Current.Is(")"))
                break;
            items.Add(withCondition ? Expression() : Or());
        }
        return isTuple ? new ListExpression(place, items, isTuple: true) : items[0];
    }

    private TemplateExpression Expression()
    {
        var place = Here;
        RefuseTooDeep();
        var value = Or();
        while (TryTake("if"))
        {
            var condition = Or();
            value = new ConditionalExpression(place, condition, value, TryTake("else") ? Expression() : null);
        }
        return value;
    }

    private TemplateExpression Or()
    {
        var (place, left) = (Here, And());
        while (TryTake("or"))
            left = new LogicExpression(place, isAnd: false, left, And());
        return left;
    }

    private TemplateExpression And()
    {
        var (place, left) = (Here, Not());
        while (TryTake("and"))
            left = new LogicExpression(place, isAnd: true, left, Not());
        return left;
    }

    private TemplateExpression Not()
    {
        var place = Here;
        RefuseTooDeep();
        return TryTake("not") ? new SignExpression(place, "not", Not()) : Comparison();
    }

    private TemplateExpression Comparison()
    {
        var (place, first) = (Here, Sum());
        List<(string, TemplateExpression)> rest = [];
        while (true)
        {
            if (Current.Kind == Operator && _comparisons.Contains(Current.Text))
                rest.Add((Take().Text, Sum()));
            else if (TryTake("in"))
                rest.Add(("in", Sum()));
            else if (Current.Is("not") && tokens[_at + 1].Is("in"))
            {
                _at += 2;
                rest.Add(("not in", Sum()));
            }
            else
                return rest.Count == 0 ? first : new ComparisonExpression(place, first, rest);
        }
    }

    private TemplateExpression Sum() => LeftToRight(["+", "-"], Concatenation);

    private TemplateExpression Concatenation()
    {
        var place = Here;
        List<TemplateExpression> parts = [Product()];
        while (TryTake("~"))
            parts.Add(Product());
        return parts.Count == 1 ? parts[0] : new ConcatenationExpression(place, parts);
    }

    private TemplateExpression Product() => LeftToRight(["*", "/", "//", "%"], () => LeftToRight(["**"], () => Unary(withFilters: true)));

    private TemplateExpression LeftToRight(string[] symbols, Func<TemplateExpression> operand)
    {
        var (place, left) = (Here, operand());
        while (Current.Kind == Operator && symbols.Contains(Current.Text))
            left = new OperatorExpression(place, Take().Text, left, operand());
        return left;
    }

    private TemplateExpression Unary(bool withFilters)
    {
        var place = Here;
        RefuseTooDeep();
        var value = Current.Is("-") || Current.Is("+") ? new SignExpression(place, Take().Text, Unary(withFilters: false))
            : Postfix(Primary());
        return withFilters ? Filtered(value) : value;
    }
}
