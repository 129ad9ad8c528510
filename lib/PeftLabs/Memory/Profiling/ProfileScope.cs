using System.Runtime.CompilerServices;

namespace PeftLabs.Memory.Profiling;

/// <summary>
/// The extent of a named scope on a thread: what is computed and allocated until it is disposed belongs to it. It ends on the thread that
/// opened it, inner ones before outer ones.
/// </summary>
/// <remarks>
/// <para>Scopes within scopes make paths such as "Backward › block 12 › feed-forward › down_proj › A gradient". A running
/// <see cref="Profiler"/>, which every <see cref="MemoryMeter"/> has, counts each path's entries, time and bytes; without one, opening a
/// scope does nothing. It costs about twice a reading of the clock, some 50 nanoseconds, and nothing on the managed heap but the
/// first time.</para>
/// <para>A scope also records where in the code it was opened; the last three parameters are the compiler's.</para>
/// </remarks>
public readonly struct ProfileScope : IDisposable
{
    private readonly ScopeTree? _tree;
    private readonly ScopeNode? _restored;

    internal ProfileScope(ScopeTree tree, ScopeNode? restored) => (_tree, _restored) = (tree, restored);

    /// <summary>Opens an operator: a row of the profile's tables.</summary>
    /// <param name="name">Its name, a constant or a text that is kept.</param>
    /// <param name="member">The member that opens it.</param>
    /// <param name="file">Its file.</param>
    /// <param name="line">Its line.</param>
    public static ProfileScope Operator(
        string name, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(new ScopeName(name, ScopeKind.Operator), new(member, file, line)) : default;

    /// <summary>Opens a part of the operator around it.</summary>
    /// <param name="name">Its name, a constant or a text that is kept.</param>
    /// <param name="member">The member that opens it.</param>
    /// <param name="file">Its file.</param>
    /// <param name="line">Its line.</param>
    public static ProfileScope Part(
        string name, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(new ScopeName(name, ScopeKind.Part), new(member, file, line)) : default;

    /// <summary>Opens a group of operators, which is none itself. Groups of one name that differ in their number, such as the blocks of a
    /// model, are summed in the profile's tables.</summary>
    /// <param name="name">Its name, a constant or a text that is kept.</param>
    /// <param name="index">Its number, 0 or above; -1 for none.</param>
    /// <param name="member">The member that opens it.</param>
    /// <param name="file">Its file.</param>
    /// <param name="line">Its line.</param>
    public static ProfileScope Group(string name, int index = -1,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(new ScopeName(name, ScopeKind.Group, index), new(member, file, line)) : default;

    /// <summary>Returns to the scope around it.</summary>
    public void Dispose() => _tree?.Leave(_restored);

    /// <summary>Opens a group of what is computed a second time.</summary>
    internal static ProfileScope Recomputed(
        [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(new ScopeName("recomputed", ScopeKind.Recomputed), new(member, file, line)) : default;

    /// <summary>Opens a scope where it stands in the running stage, whatever surrounds it.</summary>
    internal static ProfileScope Enter(
        ScopePath path, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(path, new(member, file, line)) : default;

    /// <summary>Opens the last scope of a path within what surrounds it.</summary>
    internal static ProfileScope Within(
        ScopePath path, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(path.Scope, new(member, file, line)) : default;

    /// <summary>Opens the engine's scope: around a call of backward.</summary>
    internal static ProfileScope Autograd(
        [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.Enter(ScopeName.Engine, new(member, file, line)) : default;

    /// <summary>
    /// Opens the scope of a function that the engine calls, where it stands in the running stage. What the engine does when it returns
    /// counts as "autograd" within it, or within <paramref name="after"/>.
    /// </summary>
    internal static ProfileScope Called(ScopePath path, ScopePath? after = null,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ScopeTree.Running is { } tree ? tree.EnterCalled(path, after, new(member, file, line)) : default;
}
