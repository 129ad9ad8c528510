namespace PeftLabs.Memory.Profiling;

/// <summary>What a scope is called, its number where it has one (otherwise -1), and what it is in tables.</summary>
internal readonly record struct ScopeName(string Name, ScopeKind Kind, int Index = -1)
{
    /// <summary>libtorch's engine, between the functions that it calls: it sums gradients up and runs its own operators' backward.</summary>
    public static readonly ScopeName Engine = new("autograd", ScopeKind.Operator);

    public bool IsGroup => Kind is ScopeKind.Group or ScopeKind.Recomputed;

    /// <summary>Whether it is the same; names are nearly always the same objects.</summary>
    public bool Is(in ScopeName other) => Index == other.Index && Kind == other.Kind && Name == other.Name;
}
