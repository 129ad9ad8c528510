using System.Runtime.CompilerServices;
using static PeftLabs.Tokenization.TemplateTokenKind;

namespace PeftLabs.Tokenization;

/// <summary>Reads the tokens of a template into statements and expressions, by the grammar of Jinja 3.</summary>
internal sealed partial class TemplateParser(string template, List<TemplateToken> tokens)
{
    private int _at, _loops;

    /// <summary>Whether it marks the assistant's words.</summary>
    public bool HasGeneration { get; private set; }

    private TemplateToken Current => tokens[_at];

    private TemplatePlace Here => new(template, Current.Line);

    public IReadOnlyList<TemplateStatement> Parse() => Body(Here);

    private TemplateToken Take() => tokens[_at++];

    private bool TryTake(string text)
    {
        if (!Current.Is(text))
            return false;
        _at++;
        return true;
    }

    private void Expect(string text)
    {
        if (!TryTake(text))
            throw Here.Refuse($"{Current.Shown} where '{text}' belongs");
    }

    private void Expect(TemplateTokenKind kind)
    {
        if (Current.Kind != kind)
            throw Here.Refuse($"{Current.Shown} where {(kind == TagEnd ? "%}" : "}}")} belongs");
        _at++;
    }

    /// <summary>What is nested goes on with the stack of what it is nested in, which is not without end.</summary>
    private void RefuseTooDeep()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Here.Refuse("this is nested too deeply");
    }

    private string TakeName(string what) => Current.Kind == Name ? Take().Text : throw Here.Refuse($"{Current.Shown} where {what} belongs");

    /// <summary>Everything up to a tag of one of some names, which is left, or to the template's end where none is named.</summary>
    /// <param name="opened">Where the block was opened, for messages.</param>
    /// <param name="ends">The names.</param>
    private List<TemplateStatement> Body(TemplatePlace opened, params ReadOnlySpan<string> ends)
    {
        List<TemplateStatement> body = [];
        for (; Current.Kind != End; body.Add(Statement()))
        {
            if (Current.Kind == TagStart && tokens[_at + 1].Kind == Name && ends.Contains(tokens[_at + 1].Text))
                return body;
        }
        return ends.Length == 0 ? body : throw opened.Refuse($"the block that begins here has no {{% {ends[^1]} %}}");
    }

    /// <summary>A body, its end tag and that tag's closing.</summary>
    private List<TemplateStatement> ClosedBody(TemplatePlace opened, string end)
    {
        Expect(TagEnd);
        var body = Body(opened, end);
        _at += 2;
        Expect(TagEnd);
        return body;
    }

    private TemplateStatement Statement()
    {
        var place = Here;
        RefuseTooDeep();
        switch (Take())
        {
            case { Kind: Text, Text: var text }: return new TextStatement(place, text);
            case { Kind: OutputStart }:
                var value = Tuple(withCondition: true);
                Expect(OutputEnd);
                return new OutputStatement(place, value);
            default: return Tag(place, TakeName("a tag's name"));
        }
    }

    private TemplateStatement Tag(TemplatePlace place, string name) => name switch
    {
        "if" => If(place),
        "for" => For(place),
        "set" => Set(place),
        "macro" => Macro(place),
        "with" => With(place),
        "filter" => new CaptureStatement(place, null, Filters(), Nested(() => ClosedBody(place, "endfilter"))),
        "generation" => Generation(place),
        "break" => Flow(place, name, TemplateFlow.Break),
        "continue" => Flow(place, name, TemplateFlow.Continue),
        "else" or "elif" or "endif" or "endfor" or "endset" or "endmacro" or "endwith" or "endfilter" or "endgeneration" =>
            throw place.Refuse($"{{% {name} %}} where no block is open that it belongs to"),
        _ => throw place.Refuse(
            $"the tag {{% {name} %}} is not supported; if, for, set, macro, with, filter, generation, break, continue and raw are"),
    };
}
