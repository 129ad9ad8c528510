using System.Runtime.CompilerServices;

namespace PeftLabs.Tokenization;

/// <summary>An expression of a template. What it cannot do is said with its line.</summary>
internal abstract class TemplateExpression(TemplatePlace place)
{
    public TemplatePlace Place => place;

    public object? Evaluate(TemplateContext context)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw place.Refuse("an expression is nested too deeply");
        try
        {
            return Compute(context);
        }
        catch (TemplateFault fault)
        {
            throw place.Refuse(fault.Message);
        }
    }

    protected abstract object? Compute(TemplateContext context);
}

/// <summary>Where in which template something stands.</summary>
internal readonly record struct TemplatePlace(string Template, int Line)
{
    public ChatTemplateException Refuse(string problem) => new(Template, Line, problem);
}

internal sealed class ConstantExpression(TemplatePlace place, object? value) : TemplateExpression(place)
{
    public object? Value => value;

    protected override object? Compute(TemplateContext context) => value;
}

internal sealed class NameExpression(TemplatePlace place, string name) : TemplateExpression(place)
{
    public string Name => name;

    protected override object? Compute(TemplateContext context) => context.Scope.Get(name);
}

internal sealed class ListExpression(TemplatePlace place, IReadOnlyList<TemplateExpression> items, bool isTuple) : TemplateExpression(place)
{
    public IReadOnlyList<TemplateExpression> Items => items;

    public bool IsTuple => isTuple;

    protected override object? Compute(TemplateContext context)
    {
        var values = items.Select(item => item.Evaluate(context));
        return isTuple ? new TupleValue(values) : values.ToList();
    }
}

internal sealed class DictionaryExpression(TemplatePlace place, IReadOnlyList<(TemplateExpression Key, TemplateExpression Value)> entries)
    : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context)
    {
        DictionaryValue dictionary = [];
        foreach (var (key, value) in entries)
            dictionary[Key(key.Evaluate(context))] = value.Evaluate(context);
        return dictionary;
    }

    private static object Key(object? value) => value is string or long or double or bool ? value
        : throw new TemplateFault($"{TemplateValue.Described(value)} where a dict's key, a string or a number, belongs");
}

internal sealed class AttributeExpression(TemplatePlace place, TemplateExpression value, string name) : TemplateExpression(place)
{
    public TemplateExpression Value => value;

    public string Name => name;

    protected override object? Compute(TemplateContext context) => TemplateAttributes.Dot(value.Evaluate(context), name);
}

internal sealed class ItemExpression(TemplatePlace place, TemplateExpression value, TemplateExpression key) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context) => TemplateAttributes.Item(value.Evaluate(context), key.Evaluate(context));
}

internal sealed class SliceExpression(
    TemplatePlace place, TemplateExpression value, TemplateExpression? start, TemplateExpression? stop, TemplateExpression? step)
    : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context) => TemplateAttributes.Slice(
        value.Evaluate(context), start?.Evaluate(context), stop?.Evaluate(context), step?.Evaluate(context));
}
