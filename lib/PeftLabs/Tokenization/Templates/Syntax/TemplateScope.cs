using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Names and their values. A name that is not here is looked for further out, and at last among the globals.</summary>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private readonly Dictionary<string, object?> _values = [];

    public void Set(string name, object? value) => _values[name] = value;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._values.TryGetValue(name, out var value))
                return value;
        return (object?)TemplateGlobals.Find(name) ?? new Undefined($"'{name}' is undefined");
    }

    private TemplateScope? Outer => outer;
}

/// <summary>One rendering: what has been written, the names that are seen, and where the assistant's words lie.</summary>
internal sealed class TemplateContext(TemplateScope scope, TimeProvider clock)
{
    private const int DeepestCall = 100;

    private int _captures, _calls;

    public TemplateScope Scope { get; private set; } = scope;

    public StringBuilder Output { get; private set; } = new();

    public TimeProvider Clock => clock;

    /// <summary>What generation blocks wrote, in UTF-16 code units of the whole.</summary>
    public List<Range> Generated { get; } = [];

    /// <summary>Whether what is written goes into a variable, and has no place yet.</summary>
    public bool IsCaptured => _captures > 0;

    /// <summary>Does something with names of its own.</summary>
    public T Within<T>(TemplateScope scope, Func<T> action)
    {
        var outer = Scope;
        Scope = scope;
        try
        {
            return action();
        }
        finally
        {
            Scope = outer;
        }
    }

    /// <summary>Renders into a text of its own.</summary>
    public string Capture(TemplateScope scope, IReadOnlyList<TemplateStatement> body)
    {
        if (++_calls > DeepestCall)
            throw new TemplateFault($"macros call each other more than {DeepestCall} deep");
        var output = Output;
        (Output, _captures) = (new(), _captures + 1);
        try
        {
            Within(scope, () => TemplateStatement.RenderAll(body, this));
            return Output.ToString();
        }
        finally
        {
            (Output, _captures) = (output, _captures - 1);
            _calls--;
        }
    }
}
