namespace PeftLabs.Tokenization;

/// <summary>The variable <c>loop</c> of a for block.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private object? _changed = new Undefined("nothing yet");

    public int Index { get; set; }

    public object? Attribute(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        // Only recursive loops go deeper.
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("the loop's first element has none before it"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("the loop's last element has none after it"),
        "cycle" => new BoundMethod("cycle", arguments => arguments.All.Count > 0 ? arguments.All[Index % arguments.All.Count]
            : throw new TemplateFault("cycle needs something to go through")),
        "changed" => new BoundMethod("changed", Changed),
        _ => new Undefined(""),
    };

    private object? Changed(CallArguments arguments)
    {
        var values = new TupleValue(arguments.All);
        var isNew = !TemplateValue.Equals(_changed, values);
        _changed = values;
        return isNew;
    }
}
