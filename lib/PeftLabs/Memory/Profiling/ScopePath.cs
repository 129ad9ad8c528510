namespace PeftLabs.Memory.Profiling;

/// <summary>
/// A scope and the scopes around it, whatever the stage: where a module of the model stands, so that work done for it on any thread is
/// known as its own.
/// </summary>
/// <param name="Scope">The scope.</param>
/// <param name="Parent">What is around it; null where it stands in the stage itself.</param>
internal sealed record ScopePath(ScopeName Scope, ScopePath? Parent = null)
{
    /// <summary>A numbered group in the stage itself.</summary>
    public static ScopePath Numbered(string name, int index) => new(new ScopeName(name, ScopeKind.Group, index));

    /// <summary>An operator in the stage itself.</summary>
    public static ScopePath Of(string name) => new(new ScopeName(name, ScopeKind.Operator));

    /// <summary>A group within.</summary>
    public ScopePath Group(string name) => new(new(name, ScopeKind.Group), this);

    /// <summary>An operator within.</summary>
    public ScopePath Operator(string name) => new(new(name, ScopeKind.Operator), this);

    /// <summary>Its node below a stage.</summary>
    public ScopeNode In(ScopeNode stage, in CodePlace place) => (Parent is null ? stage : Parent.In(stage, place)).Child(Scope, place);
}
