namespace PeftLabs.Memory;

/// <summary>The extent of an ambient category; <see cref="MemoryMeter.Category"/> opens it. It ends on the thread that opened it.</summary>
public readonly struct MemoryCategoryScope : IDisposable
{
    private readonly int _previous;

    internal MemoryCategoryScope(MemoryCategory category)
    {
        _previous = AmbientCategory.Current;
        AmbientCategory.Current = (int)category + 1;
    }

    /// <summary>Restores the category that was ambient before, or none.</summary>
    public void Dispose() => AmbientCategory.Current = _previous;
}

/// <summary>The ambient category of this thread, plus one: zero, a thread's first value, is none.</summary>
internal static class AmbientCategory
{
    [ThreadStatic]
    internal static int Current;
}
