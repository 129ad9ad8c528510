using PeftLabs.Memory.Profiling;
using TorchSharp;

namespace PeftLabs.Memory;

/// <summary>Counts every byte that libtorch allocates and frees on one device, by <see cref="MemoryStage"/> and
/// <see cref="MemoryCategory"/>, exactly: each event is seen, none is sampled.</summary>
/// <remarks>
/// <para>Counted are allocations and frees of metered threads: the one that started the meter, every one that entered a stage or called
/// <see cref="AttachThread"/>, the finalizer thread, and autograd's own threads, which inherit the meter. A free on another thread is
/// missed until its address is given out again (<see cref="UnseenFrees"/>). What was alive before the meter started is unknown to it
/// and not counted, nor is what libtorch does not allocate: buffers of the BLAS library, managed arrays, mapped files. That is in
/// <see cref="ResidentMemory"/>. libtorch itself warns on the error stream when the first block from before the start is freed.</para>
/// <para>The meter starts in <see cref="MemoryStage.Load"/>. A stage lasts until another is entered. Between <see cref="EndStep"/>
/// (or the end of a stage's scope that no other stage's scope surrounds) and the next stage no stage is running.</para>
/// <para>It profiles too: every <see cref="ProfileScope"/>'s time and bytes (<see cref="Profile"/>), and which scope made what was alive
/// at a peak (<see cref="MemoryReport.PeakAllocations"/>). That costs little enough to be left on; <see cref="MemoryMeterOptions.Profile"/>
/// switches it off.</para>
/// <para>Members may be called from any thread. After <see cref="Dispose"/> the figures stay as they were.</para>
/// </remarks>
public sealed partial class MemoryMeter : IDisposable
{
    private static MemoryMeter? s_running;

    private readonly MemoryLedger _ledger;

    private MemoryMeter(MemoryMeterOptions options, Profiler? profiler) => (_ledger, _profiler) = (new(options.TimelineSamples), profiler);

    /// <summary>Whether allocations of the libtorch in this process can be followed; <see cref="Start"/> throws where not.</summary>
    public static bool IsSupported
    {
        get
        {
            try
            {
                Prepare();
                return true;
            }
            catch (PlatformNotSupportedException)
            {
                return false;
            }
        }
    }

    /// <summary>Bytes alive now.</summary>
    public long CurrentBytes => Read(ledger => ledger.CurrentBytes);

    /// <summary>The most bytes alive at any moment since the start.</summary>
    public long PeakBytes => Read(ledger => ledger.PeakBytes);

    /// <summary>The most bytes alive at any moment since the last <see cref="EndStep"/>.</summary>
    public long StepPeakBytes => Read(ledger => ledger.StepPeakBytes);

    /// <summary>Frees that were not seen when they happened and came to light when the address was given out again.</summary>
    public long UnseenFrees => Read(ledger => ledger.UnseenFrees);

    /// <summary>Bytes alive over time. It thins itself and never loses the maximum.</summary>
    public IReadOnlyList<MemorySample> Timeline => Read(ledger => ledger.Timeline());

    /// <summary>Starts to count on this thread, in <see cref="MemoryStage.Load"/>.</summary>
    /// <exception cref="InvalidOperationException">Another meter runs, for libtorch reports to one only; or a profiler does, unless
    /// <see cref="MemoryMeterOptions.Profile"/> is off.</exception>
    /// <exception cref="PlatformNotSupportedException">This libtorch's allocations cannot be followed; the message says why.</exception>
    public static MemoryMeter Start(MemoryMeterOptions? options = null)
    {
        options ??= new();
        Prepare();
        if (Volatile.Read(ref s_running) is not null)
            throw Running();
        var meter = new MemoryMeter(options, options.Profile ? Profiler.Start(new() { Synchronize = options.Synchronize }) : null);
        if (Interlocked.CompareExchange(ref s_running, meter, null) is not null)
        {
            meter._ledger.Dispose();
            meter._profiler?.Dispose();
            throw Running();
        }
        if (options.MeterFinalizer)
            FinalizerThread.Attach();
        if (options.ResetResidentPeak)
            ResidentMemory.ResetPeak();
        MemoryHook.AttachThread();
        MemoryHook.Listen(meter._ledger, (int)options.Device.type, options.Device.type == DeviceType.CPU ? -1 : options.Device.index);
        return meter;
    }

    /// <summary>Gives a category to what this thread allocates until the scope is disposed, whichever meter runs; without one it does
    /// nothing. Inner scopes go before outer ones.</summary>
    public static MemoryCategoryScope Category(MemoryCategory category) => new(category);

    /// <summary>Ends the running stage and enters another, for this thread and all others; this thread is metered from now on.
    /// Entering the running stage changes nothing.</summary>
    /// <exception cref="ObjectDisposedException">The meter is disposed.</exception>
    public void Enter(MemoryStage stage) => Enter((int)stage);

    /// <summary>Enters a stage until the scope is disposed, which restores the stage before. Loading is not restored by another
    /// stage's end: then no stage runs until the next is entered. Profile scopes that are open on this thread are left meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The meter is disposed.</exception>
    public IDisposable Stage(MemoryStage stage)
    {
        var previous = Read(ledger => ledger.Stage);
        var outer = _profiler?.Tree.Suspend();
        Enter(stage);
        var restored = previous == (int)MemoryStage.Load && stage != MemoryStage.Load ? MemoryLedger.Between : previous;
        return new OnDispose(() =>
        {
            if (!ReferenceEquals(s_running, this))
                return;
            Enter(restored);
            _profiler?.Tree.Return(outer);
        });
    }

    /// <summary>Ends the running stage and with it a training step: the ends of its stages are what a report shows from now on.</summary>
    /// <exception cref="ObjectDisposedException">The meter is disposed.</exception>
    public void EndStep()
    {
        Change(static (ledger, _) => ledger.EndStep(), 0);
        _profiler?.EndStep();
    }

    /// <summary>Counts this thread's allocations and frees too, until the returned value is disposed on the same thread.</summary>
    /// <exception cref="ObjectDisposedException">The meter is disposed.</exception>
    public IDisposable AttachThread()
    {
        ObjectDisposedException.ThrowIf(!ReferenceEquals(s_running, this), this);
        return MemoryHook.AttachThread() ? new OnDispose(MemoryHook.DetachThread) : new OnDispose(() => { });
    }

    /// <summary>Leaves out, until the returned value is disposed, what is allocated and freed again meanwhile, on any thread: for work
    /// within a run that is no part of it. What is still alive then counts from then on. The profile leaves the time out too.</summary>
    /// <exception cref="ObjectDisposedException">The meter is disposed.</exception>
    public IDisposable Pause()
    {
        Change(static (ledger, _) => ledger.IsPaused = true, 0);
        _profiler?.Tree.Stop();
        return new OnDispose(() =>
        {
            if (!ReferenceEquals(s_running, this))
                return;
            Change(static (ledger, _) => ledger.IsPaused = false, 0);
            _profiler?.Tree.Continue();
        });
    }

    /// <summary>What was measured so far; a running stage is shown as if it ended now.</summary>
    public MemoryReport Report()
    {
        var (report, peaks, interval) = Read(ledger => (new MemoryReport(
            ledger.Stages(), ledger.PeakBytes, ledger.PeakStage, ledger.LoadedBytes, 0, 0, ledger.Timeline())
        { UnseenFrees = ledger.UnseenFrees }, ledger.Peaks(), ledger.PeakInterval));
        return report with
        {
            ResidentBytes = ResidentMemory.CurrentBytes,
            PeakResidentBytes = ResidentMemory.PeakBytes,
            Stages = [.. report.Stages.Select(stage => stage with { PeakAllocations = Folded(peaks[(int)stage.Stage], StageLines) })],
            PeakAllocations = Folded(peaks[interval], PeakLines),
        };
    }

    /// <summary>Stops counting.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref s_running, null, this) != this)
            return;
        MemoryHook.Listen(null, 0, 0);
        _profiler?.Dispose();
        _ledger.Dispose();
        MemoryHook.DetachThread();
    }

    private static InvalidOperationException Running() =>
        new("A memory meter is running already, and libtorch reports to one only: dispose it first.");

    private static void Prepare()
    {
        // Loads libtorch.
        torch.zeros(1).Dispose();
        MemoryHook.Prepare();
    }

    private void Enter(int stage)
    {
        ObjectDisposedException.ThrowIf(!ReferenceEquals(s_running, this), this);
        MemoryHook.AttachThread();
        Change(static (ledger, stage) => ledger.Enter(stage), stage);
        _profiler?.Tree.EnterStage(stage);
    }

    private void Change(Action<MemoryLedger, int> change, int argument)
    {
        ObjectDisposedException.ThrowIf(!ReferenceEquals(s_running, this), this);
        MemoryHook.Acquire();
        change(_ledger, argument);
        MemoryHook.Release();
    }

    private T Read<T>(Func<MemoryLedger, T> read)
    {
        if (_ledger.Fault is { } fault)
            throw new InvalidOperationException(
                $"The meter failed while libtorch reported to it, its figures are wrong: {fault.Message}", fault);
        MemoryHook.Acquire();
        try
        {
            return read(_ledger);
        }
        finally
        {
            MemoryHook.Release();
        }
    }
}
