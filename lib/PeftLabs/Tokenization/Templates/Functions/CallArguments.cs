namespace PeftLabs.Tokenization;

/// <summary>Something that a template calls.</summary>
internal interface ITemplateFunction
{
    object? Call(CallArguments arguments);
}

/// <summary>A method with the value it belongs to, or a function.</summary>
internal sealed class BoundMethod(string name, Func<CallArguments, object?> call) : ITemplateFunction
{
    public object? Call(CallArguments arguments)
    {
        arguments.Function = name;
        return call(arguments);
    }
}

/// <summary>The arguments of a call, taken one after another by place or name.</summary>
/// <param name="function">What is called, for messages.</param>
/// <param name="positional">The ones without a name.</param>
/// <param name="named">The ones with one.</param>
internal sealed class CallArguments(string function, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    public string Function { get; set; } = function;

    public IReadOnlyList<object?> All => positional;

    public IReadOnlyDictionary<string, object?> Named => named;

    public bool Has(int index, string name) => index < positional.Count || named.ContainsKey(name);

    /// <summary>The argument of a place or name, or what stands in for it.</summary>
    public object? Get(int index, string name, object? fallback = null) =>
        index < positional.Count ? positional[index] : named.GetValueOrDefault(name, fallback);

    public object? Require(int index, string name) => Has(index, name) ? Get(index, name)
        : throw new TemplateFault($"{Function} needs the argument {name}");

    public string RequireText(int index, string name) => Require(index, name) as string
        ?? throw new TemplateFault($"{Function}: {TemplateValue.Described(Get(index, name))} where {name}, a string, belongs");

    public long Whole(int index, string name, long fallback) => Get(index, name) is { } value ? TemplateValue.Whole(value) : fallback;

    public bool Flag(int index, string name) => TemplateValue.IsTrue(Get(index, name));

    /// <summary>Refuses what is not taken: it would silently not be done.</summary>
    public CallArguments Expect(params ReadOnlySpan<string> names)
    {
        if (positional.Count > names.Length)
            throw new TemplateFault($"{Function} takes {names.Length} arguments at most, and was given {positional.Count}");
        foreach (var name in named.Keys)
            if (!names.Contains(name))
                throw new TemplateFault(
                    $"{Function} has no argument {name}{(names.Length > 0 ? $"; it has {string.Join(", ", names.ToArray())}" : "")}");
        return this;
    }

    /// <summary>The same without the first ones.</summary>
    public CallArguments Skip(int count) => new(Function, [.. positional.Skip(count)], named);
}
