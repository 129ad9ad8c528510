namespace PeftLabs.Tokenization;

/// <summary>What a set or a for puts values into: a name, an attribute of a namespace, or several of them.</summary>
internal sealed record AssignmentTarget(string Name, string? Attribute = null, IReadOnlyList<AssignmentTarget>? Parts = null)
{
    public void Assign(TemplateContext context, object? value)
    {
        if (Parts is not null)
            Unpack(context, TemplateValue.Items(value));
        else if (Attribute is null)
            context.Scope.Set(Name, value);
        else if (context.Scope.Get(Name) is NamespaceValue space)
            space.Attributes[Attribute] = value;
        else
            throw new TemplateFault($"{Name}.{Attribute} cannot be set: only the attributes of a namespace() can");
    }

    private void Unpack(TemplateContext context, IReadOnlyList<object?> values)
    {
        if (values.Count != Parts!.Count)
            throw new TemplateFault($"{values.Count} values for the {Parts.Count} names {string.Join(", ", Parts.Select(part => part.Name))}");
        foreach (var (part, value) in Parts.Zip(values))
            part.Assign(context, value);
    }
}

internal sealed class SetStatement(TemplatePlace place, AssignmentTarget target, TemplateExpression value) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        target.Assign(context, value.Evaluate(context));
        return TemplateFlow.Next;
    }
}

/// <summary>A set block (what it writes becomes the value), or a filter block (what it writes is filtered and written).</summary>
internal sealed class CaptureStatement(
    TemplatePlace place, AssignmentTarget? target, IReadOnlyList<FilterExpression> filters, IReadOnlyList<TemplateStatement> body)
    : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        var text = context.Capture(new(context.Scope), body);
        var value = filters.Aggregate((object?)text, (current, filter) => filter.Apply(context, current));
        if (target is null)
            context.Output.Append(TemplateValue.Text(value));
        else
            target.Assign(context, value);
        return TemplateFlow.Next;
    }
}

/// <summary>with: names for a block alone.</summary>
internal sealed class WithStatement(
    TemplatePlace place, IReadOnlyList<(AssignmentTarget Target, TemplateExpression Value)> values, IReadOnlyList<TemplateStatement> body)
    : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        var given = values.Select(entry => entry.Value.Evaluate(context)).ToList();
        return context.Within(new(context.Scope), () =>
        {
            foreach (var (entry, value) in values.Zip(given))
                entry.Target.Assign(context, value);
            return RenderAll(body, context);
        });
    }
}

/// <summary>generation: what is written here the assistant says, and a model is to learn.</summary>
internal sealed class GenerationStatement(TemplatePlace place, IReadOnlyList<TemplateStatement> body) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        if (context.IsCaptured)
            throw new TemplateFault("a generation block inside of a macro or a set block has no place in the text");
        var start = context.Output.Length;
        context.Within(new(context.Scope), () => RenderAll(body, context));
        // A block within this one has marked its part already.
        context.Generated.RemoveAll(range => range.Start.Value >= start);
        if (context.Output.Length > start)
            context.Generated.Add(start..context.Output.Length);
        return TemplateFlow.Next;
    }
}

/// <summary>macro: a function that gives what its body writes. It sees the names that are there where it stands.</summary>
internal sealed class MacroStatement(
    TemplatePlace place, string name, IReadOnlyList<(string Name, TemplateExpression? Default)> parameters,
    IReadOnlyList<TemplateStatement> body) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        var outer = context.Scope;
        string[] names = [.. parameters.Select(parameter => parameter.Name)];
        outer.Set(name, new BoundMethod(name, arguments =>
        {
            arguments.Expect(names);
            var scope = new TemplateScope(outer);
            foreach (var (index, parameter) in parameters.Index())
                scope.Set(parameter.Name, arguments.Has(index, parameter.Name) ? arguments.Get(index, parameter.Name)
                    : parameter.Default is { } value ? context.Within(scope, () => value.Evaluate(context))
                    : new Undefined($"the argument {parameter.Name} of {name} was not given"));
            return context.Capture(scope, body);
        }));
        return TemplateFlow.Next;
    }
}
