using System.Diagnostics;

namespace PeftLabs.Memory;

/// <summary>The accounts behind a <see cref="MemoryMeter"/>: living blocks, and peaks and ends by stage and category. It knows nothing
/// of libtorch and takes no lock; its caller does.</summary>
/// <remarks>Whether bytes of a stage's peak were activations or workspace is known only when the stage ends. No log of events is
/// needed for that: the categories of the highest moment so far are kept with the pending bytes apart, and when a pending block that
/// was alive at that moment is freed within the stage, its bytes move from pending to workspace there too.</remarks>
internal sealed class MemoryLedger : IDisposable
{
    /// <summary>The stage of the time between two stages, after the four.</summary>
    internal const int Between = 4;

    // What an interval of a stage leaves behind, by stage; between two stages everything is workspace.
    private static readonly byte[] Retained = [
        (byte)MemoryCategory.Weights, (byte)MemoryCategory.Activations, (byte)MemoryCategory.Gradients,
        (byte)MemoryCategory.OptimizerState, (byte)MemoryCategory.Workspace];

    private readonly BlockTable _blocks = new();
    private readonly MemoryTimeline _timeline;
    private readonly StageAccount[] _stages = new StageAccount[Between + 1];
    private readonly PeakBlocks[] _peaks = [.. Enumerable.Range(0, Between + 1).Select(_ => new PeakBlocks())];
    private readonly long _started = Stopwatch.GetTimestamp();
    private MemoryMoment _now, _peak;
    private long _events, _intervalStart, _intervalPeakEvent, _intervalPeakBytes;
    private int _lastStage;
    private IReadOnlyList<StagePeak>? _kept;

    internal MemoryLedger(int timelineSamples)
    {
        _timeline = new(timelineSamples);
        Sample();
    }

    /// <summary>The running stage, or <see cref="Between"/>.</summary>
    internal int Stage { get; private set; }

    internal long CurrentBytes { get; private set; }

    internal long PeakBytes { get; private set; }

    internal MemoryStage PeakStage { get; private set; }

    /// <summary>The number of the stage, or of the time between two, in which the peak came: it is that one's peak too.</summary>
    internal int PeakInterval { get; private set; }

    internal long StepPeakBytes { get; private set; }

    internal long UnseenFrees { get; private set; }

    internal int LiveBlocks => _blocks.Count;

    /// <summary>What went wrong while libtorch reported; the figures are wrong since.</summary>
    internal Exception? Fault { get; set; }

    /// <summary>While it is true there are no peaks: what comes and goes meanwhile leaves no trace, what stays counts from its end on.</summary>
    internal bool IsPaused
    {
        get;
        set
        {
            field = value;
            if (!value && CurrentBytes > _intervalPeakBytes)
                NewPeak();
        }
    }

    /// <summary>A block was given out.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="ambient">The ambient category plus one, or 0 for none.</param>
    /// <param name="scope">The number of the scope that made it, or 0 for none.</param>
    internal void Allocated(nint address, long bytes, int ambient, int scope = 0)
    {
        // An address that is given out again was freed meanwhile.
        if (Freed(address))
            UnseenFrees++;
        _events++;
        var category = ambient > 0 ? (byte)(ambient - 1) : Retained[Stage];
        _blocks.Add(new(address, bytes, _events, category, ambient > 0, scope));
        _now[ambient > 0 ? category : MemoryMoment.Pending] += bytes;
        CurrentBytes += bytes;
        if (CurrentBytes > _intervalPeakBytes && !IsPaused)
            NewPeak();
        Sample();
    }

    /// <summary>A block was freed.</summary>
    /// <returns>Whether it was known: one from before the meter started is not.</returns>
    internal bool Freed(nint address)
    {
        if (!_blocks.Remove(address, out var block))
            return false;
        var pending = !block.Explicit && block.Birth > _intervalStart;
        _now[pending ? MemoryMoment.Pending : block.Category] -= block.Bytes;
        CurrentBytes -= block.Bytes;
        if (pending && block.Birth <= _intervalPeakEvent)
        {
            _peak[MemoryMoment.Pending] -= block.Bytes;
            _peak[(int)MemoryCategory.Workspace] += block.Bytes;
        }
        if (pending)
            block = block with { Category = (byte)MemoryCategory.Workspace };
        foreach (var peak in _peaks)
            peak.Freed(block);
        Sample();
        return true;
    }

    /// <summary>Ends the running stage and begins another; entering the running one again changes nothing.</summary>
    internal void Enter(int stage)
    {
        if (stage == Stage)
            return;
        CloseInterval();
        Stage = stage;
        OpenInterval();
        Sample();
    }

    /// <summary>Ends the running stage and the step; what follows is between two stages.</summary>
    internal void EndStep()
    {
        Enter(Between);
        // Loading is no part of a step: its end is the last one.
        for (var stage = (int)MemoryStage.Forward; stage < Between; stage++)
            _stages[stage].CloseStep();
        StepPeakBytes = CurrentBytes;
    }

    /// <summary>The stages so far; the running one as if it ended now.</summary>
    internal List<StageMemory> Stages()
    {
        var reports = new List<StageMemory>();
        for (var stage = 0; stage < Between; stage++)
        {
            var account = _stages[stage];
            if (stage == Stage)
                account.Raise(_peak.Resolved(Retained[stage]));
            if (account.Ended || stage == Stage)
                reports.Add(account.Report((MemoryStage)stage, _now.Resolved(Retained[Stage])));
        }
        return reports;
    }

    internal long LoadedBytes => _stages[(int)MemoryStage.Load].End(_now).Bytes;

    internal List<MemorySample> Timeline() => _timeline.ToList();

    /// <summary>The peak of each stage, and of the time between two, with the blocks that were alive at it.</summary>
    internal IReadOnlyList<StagePeak> Peaks() =>
        _kept ?? [.. _peaks.Index().Select(p => new StagePeak(p.Index, p.Item.Bytes, p.Item.Blocks(_blocks)))];

    public void Dispose()
    {
        _kept = Peaks();
        _blocks.Dispose();
        foreach (var peak in _peaks)
            peak.Dispose();
    }

    private void NewPeak()
    {
        _peak = _now;
        _intervalPeakEvent = _events;
        _intervalPeakBytes = CurrentBytes;
        StepPeakBytes = Math.Max(StepPeakBytes, CurrentBytes);
        _peaks[Stage].Raise(CurrentBytes, _events);
        if (CurrentBytes <= PeakBytes)
            return;
        PeakBytes = CurrentBytes;
        (PeakStage, PeakInterval) = ((MemoryStage)_lastStage, Stage);
    }

    private void CloseInterval()
    {
        var retained = Retained[Stage];
        _now = _now.Resolved(retained);
        _stages[Stage].Close(_peak.Resolved(retained), _now);
    }

    private void OpenInterval()
    {
        _lastStage = Stage == Between ? _lastStage : Stage;
        _intervalStart = _intervalPeakEvent = _events;
        _intervalPeakBytes = CurrentBytes;
        _peak = _now;
        _peaks[Stage].Raise(CurrentBytes, _events);
    }

    private void Sample()
    {
        if (!IsPaused)
            _timeline.Add(new(Stopwatch.GetElapsedTime(_started).TotalSeconds, CurrentBytes, (MemoryStage)_lastStage));
    }
}
