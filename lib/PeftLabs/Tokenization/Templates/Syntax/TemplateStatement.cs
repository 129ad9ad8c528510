namespace PeftLabs.Tokenization;

/// <summary>Where rendering goes on after a statement.</summary>
internal enum TemplateFlow
{
    Next,
    Break,
    Continue,
}

/// <summary>Text, an output, or a block of a template.</summary>
internal abstract class TemplateStatement(TemplatePlace place)
{
    public TemplatePlace Place => place;

    public static TemplateFlow RenderAll(IReadOnlyList<TemplateStatement> body, TemplateContext context)
    {
        foreach (var statement in body)
            if (statement.Render(context) is not TemplateFlow.Next and var flow)
                return flow;
        return TemplateFlow.Next;
    }

    public TemplateFlow Render(TemplateContext context)
    {
        try
        {
            return Run(context);
        }
        catch (TemplateFault fault)
        {
            throw place.Refuse(fault.Message);
        }
    }

    protected abstract TemplateFlow Run(TemplateContext context);
}

internal sealed class TextStatement(TemplatePlace place, string text) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        context.Output.Append(text);
        return TemplateFlow.Next;
    }
}

internal sealed class OutputStatement(TemplatePlace place, TemplateExpression value) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        context.Output.Append(TemplateValue.Text(value.Evaluate(context)));
        return TemplateFlow.Next;
    }
}

internal sealed class IfStatement(
    TemplatePlace place, IReadOnlyList<(TemplateExpression Condition, IReadOnlyList<TemplateStatement> Body)> branches,
    IReadOnlyList<TemplateStatement> otherwise) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        foreach (var (condition, body) in branches)
            if (TemplateValue.IsTrue(condition.Evaluate(context)))
                return RenderAll(body, context);
        return RenderAll(otherwise, context);
    }
}

internal sealed class FlowStatement(TemplatePlace place, TemplateFlow flow) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context) => flow;
}

/// <summary>for, with the elements that a condition lets through, and else for the case that there are none.</summary>
internal sealed class ForStatement(
    TemplatePlace place, AssignmentTarget target, TemplateExpression items, TemplateExpression? condition,
    IReadOnlyList<TemplateStatement> body, IReadOnlyList<TemplateStatement> otherwise) : TemplateStatement(place)
{
    protected override TemplateFlow Run(TemplateContext context)
    {
        var all = TemplateValue.Items(items.Evaluate(context));
        if (condition is not null)
            all = [.. all.Where(item => context.Within(Bound(item, context, null), () => TemplateValue.IsTrue(condition.Evaluate(context))))];
        if (all.Count == 0)
            return RenderAll(otherwise, context);
        var loop = new LoopState(all);
        for (; loop.Index < all.Count; loop.Index++)
            if (context.Within(Bound(all[loop.Index], context, loop), () => RenderAll(body, context)) == TemplateFlow.Break)
                break;
        return TemplateFlow.Next;
    }

    private TemplateScope Bound(object? item, TemplateContext context, LoopState? loop)
    {
        var scope = new TemplateScope(context.Scope);
        if (loop is not null)
            scope.Set("loop", loop);
        return context.Within(scope, () =>
        {
            target.Assign(context, item);
            return scope;
        });
    }
}
