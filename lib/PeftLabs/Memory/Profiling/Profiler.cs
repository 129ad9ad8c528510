namespace PeftLabs.Memory.Profiling;

/// <summary>
/// Counts entries and wall-clock time of every <see cref="ProfileScope"/>, by stage. A <see cref="MemoryMeter"/> has one, which counts
/// bytes too; one of its own is for a run without a meter.
/// </summary>
/// <remarks>
/// <para>All time of the driving thread, the one that started the profiler or entered the running stage, belongs to its innermost
/// scope, or to the stage itself: scopes' own seconds sum to the run's. Of other threads only their time in scopes counts. Where libtorch
/// runs backward on threads of its own (on GPUs), the driving thread waits in "autograd" meanwhile, and what they take is taken off
/// that.</para>
/// <para>On a GPU, seconds are the host's unless <see cref="ProfilerOptions.Synchronize"/> is set.</para>
/// </remarks>
public sealed class Profiler : IDisposable
{
    private static volatile Profiler? s_running;

    private long _steps;

    private Profiler(ProfilerOptions options) => Tree = new(options.Synchronize && TorchSharp.torch.cuda.is_available());

    /// <summary>The profiler that counts now, a meter's or another; null where none does.</summary>
    public static Profiler? Running => s_running;

    internal ScopeTree Tree { get; }

    /// <summary>Starts to count, on this thread, in <see cref="MemoryStage.Load"/>.</summary>
    /// <exception cref="InvalidOperationException">Another profiler runs.</exception>
    public static Profiler Start(ProfilerOptions? options = null)
    {
        // Before a tree is made, which takes this thread out of the scopes that are open on it; one that pauses has its own to come back to.
        if (s_running is not null)
            throw IsRunning();
        var profiler = new Profiler(options ?? new());
        // Two threads may have come here at once.
        if (!profiler.Tree.TryStart())
            throw IsRunning();
        return s_running = profiler;
    }

    /// <summary>Enters a stage until the returned value is disposed; scopes that are open on this thread are left meanwhile.</summary>
    public IDisposable Stage(MemoryStage stage)
    {
        var (outer, before) = (Tree.Suspend(), Tree.Root.Stage);
        Tree.EnterStage((int)stage);
        // As with the meter: loading is not restored by another stage's end.
        var restored = before == (int)MemoryStage.Load && stage != MemoryStage.Load ? MemoryLedger.Between : before;
        return new OnDispose(() =>
        {
            Tree.EnterStage(restored);
            Tree.Return(outer);
        });
    }

    /// <summary>Ends the running stage and with it a training step.</summary>
    public void EndStep()
    {
        Tree.EnterStage(MemoryLedger.Between);
        _steps += Tree is { IsInStep: true, IsCounting: true } ? 1 : 0;
        Tree.IsInStep = false;
    }

    /// <summary>Forgets what the steps cost so far, and keeps what loading did: for a first step that is no measure of the later ones.
    /// Call it between two steps, on the thread that takes them.</summary>
    public void ForgetSteps()
    {
        Tree.Clear((int)MemoryStage.Forward);
        _steps = 0;
    }

    /// <summary>What was counted so far, without bytes.</summary>
    public RunProfile Report() => Report([]);

    /// <summary>Stops counting; what was counted can still be reported.</summary>
    public void Dispose()
    {
        Tree.Stop();
        Interlocked.CompareExchange(ref s_running, null, this);
    }

    internal RunProfile Report(IReadOnlyList<StagePeak> peaks) => new ProfileReport(Tree, peaks).ToProfile(_steps);

    private static InvalidOperationException IsRunning() =>
        new("A profiler is running already, perhaps that of a memory meter: dispose it first, or use the meter's Profile().");
}
