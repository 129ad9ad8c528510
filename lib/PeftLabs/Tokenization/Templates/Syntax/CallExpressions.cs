namespace PeftLabs.Tokenization;

/// <summary>The arguments as they are written.</summary>
internal sealed record ArgumentList(IReadOnlyList<TemplateExpression> Positional, IReadOnlyList<(string Name, TemplateExpression Value)> Named)
{
    public static ArgumentList Empty { get; } = new([], []);

    public CallArguments Evaluate(string function, TemplateContext context) => new(
        function, [.. Positional.Select(value => value.Evaluate(context))],
        Named.ToDictionary(entry => entry.Name, entry => entry.Value.Evaluate(context)));
}

internal sealed class CallExpression(TemplatePlace place, TemplateExpression function, ArgumentList arguments) : TemplateExpression(place)
{
    protected override object? Compute(TemplateContext context)
    {
        var name = function switch { NameExpression named => named.Name, AttributeExpression attribute => attribute.Name, _ => "the function" };
        return function.Evaluate(context) switch
        {
            Undefined undefined => throw new TemplateFault($"{undefined.What}, and so cannot be called"),
            ITemplateFunction callable => callable.Call(arguments.Evaluate(name, context)),
            TemplateGlobal global => global.Call(context, arguments.Evaluate(name, context)),
            var other => throw new TemplateFault($"{TemplateValue.Described(other)} cannot be called"),
        };
    }
}

internal sealed class FilterExpression(TemplatePlace place, string name, TemplateExpression? value, ArgumentList arguments)
    : TemplateExpression(place)
{
    private readonly TemplateFilter _filter = TemplateFilters.All[name];

    protected override object? Compute(TemplateContext context) => Apply(context, value!.Evaluate(context));

    public object? Apply(TemplateContext context, object? to) => _filter(context, to, arguments.Evaluate(name, context));
}

internal sealed class TestExpression(TemplatePlace place, string name, TemplateExpression value, ArgumentList arguments)
    : TemplateExpression(place)
{
    private readonly TemplateTest _test = TemplateTests.All[name];

    protected override object? Compute(TemplateContext context) => _test(value.Evaluate(context), arguments.Evaluate(name, context));
}
