namespace PeftLabs.Planning;

/// <summary>A scope of a walk; what was made in it is let go when it is disposed.</summary>
internal readonly struct WalkScope(MemoryWalk walk) : IDisposable
{
    public void Dispose() => walk.EndScope();
}
