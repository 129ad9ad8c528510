using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>The tags that open blocks or set names.</summary>
internal sealed partial class TemplateParser
{
    private IfStatement If(TemplatePlace place)
    {
        List<(TemplateExpression, IReadOnlyList<TemplateStatement>)> branches = [];
        do
        {
            var condition = Tuple(withCondition: false);
            Expect(TagEnd);
            branches.Add((condition, Body(place, "elif", "else", "endif")));
            _at++;
        }
        while (TryTake("elif"));
        List<TemplateStatement> otherwise = [];
        if (TryTake("else"))
        {
            Expect(TagEnd);
            otherwise = Body(place, "endif");
            _at++;
        }
        Expect("endif");
        Expect(TagEnd);
        return new(place, branches, otherwise);
    }

    private ForStatement For(TemplatePlace place)
    {
        var target = Target();
        Expect("in");
        var items = Tuple(withCondition: false);
        var condition = TryTake("if") ? Expression() : null;
        if (Current.Is("recursive"))
            throw Here.Refuse("a recursive loop is not supported");
        Expect(TagEnd);
        _loops++;
        var body = Body(place, "else", "endfor");
        _loops--;
        _at++;
        List<TemplateStatement> otherwise = [];
        if (TryTake("else"))
        {
            Expect(TagEnd);
            otherwise = Body(place, "endfor");
            _at++;
        }
        Expect("endfor");
        Expect(TagEnd);
        return new(place, target, items, condition, body, otherwise);
    }

    private TemplateStatement Set(TemplatePlace place)
    {
        var target = Target();
        if (TryTake("="))
        {
            var value = Tuple(withCondition: true);
            Expect(TagEnd);
            return new SetStatement(place, target, value);
        }
        List<FilterExpression> filters = TryTake("|") ? Filters() : [];
        return new CaptureStatement(place, target, filters, Nested(() => ClosedBody(place, "endset")));
    }

    private MacroStatement Macro(TemplatePlace place)
    {
        var name = TakeName("the macro's name");
        Expect("(");
        List<(string, TemplateExpression?)> parameters = [];
        while (!TryTake(")"))
        {
            if (parameters.Count > 0)
                Expect(",");
            var parameter = TakeName("a parameter");
            parameters.Add((parameter, TryTake("=") ? Expression() : null));
        }
        return new(place, name, parameters, Nested(() => ClosedBody(place, "endmacro")));
    }

    private WithStatement With(TemplatePlace place)
    {
        List<(AssignmentTarget, TemplateExpression)> values = [];
        while (Current.Kind != TagEnd)
        {
            if (values.Count > 0)
                Expect(",");
            var target = Target();
            Expect("=");
            values.Add((target, Expression()));
        }
        return new(place, values, ClosedBody(place, "endwith"));
    }

    private GenerationStatement Generation(TemplatePlace place)
    {
        HasGeneration = true;
        return new(place, Nested(() => ClosedBody(place, "endgeneration")));
    }

    private FlowStatement Flow(TemplatePlace place, string name, TemplateFlow flow)
    {
        if (_loops == 0)
            throw place.Refuse($"{{% {name} %}} outside of a loop");
        Expect(TagEnd);
        return new(place, flow);
    }

    /// <summary>A body that is rendered by itself: the loops around it are not its own.</summary>
    private List<TemplateStatement> Nested(Func<List<TemplateStatement>> body)
    {
        var loops = _loops;
        _loops = 0;
        var parsed = body();
        _loops = loops;
        return parsed;
    }

    private AssignmentTarget Target()
    {
        List<AssignmentTarget> parts = [];
        var isTuple = false;
        do
        {
            if (isTuple && Current.Kind != Name && !Current.Is("("))
                break;
            parts.Add(SingleTarget());
        }
        while (TryTake(",") && (isTuple = true));
        return isTuple ? new("", null, parts) : parts[0];
    }

    private AssignmentTarget SingleTarget()
    {
        if (TryTake("("))
        {
            var inner = Target();
            Expect(")");
            return inner;
        }
        var name = TakeName("a name to set");
        return new(name, TryTake(".") ? TakeName("an attribute's name") : null);
    }
}
