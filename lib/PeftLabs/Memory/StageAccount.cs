namespace PeftLabs.Memory;

/// <summary>What is kept of one stage over all the intervals in which it ran.</summary>
internal struct StageAccount
{
    private MemoryMoment _peak, _end, _stepEnd;
    private long _peakBytes;
    private bool _endedInStep, _stepEnded;

    /// <summary>Whether an interval of the stage has ended.</summary>
    internal bool Ended { get; private set; }

    /// <summary>An interval of the stage ended.</summary>
    internal void Close(in MemoryMoment peak, in MemoryMoment end)
    {
        Raise(peak);
        _end = end;
        Ended = _endedInStep = true;
    }

    /// <summary>A step ended: its end values count from now on.</summary>
    internal void CloseStep()
    {
        if (_endedInStep)
            (_stepEnd, _stepEnded, _endedInStep) = (_end, true, false);
    }

    /// <summary>Keeps the larger peak; of equal ones the first.</summary>
    internal void Raise(in MemoryMoment peak)
    {
        var bytes = peak.Bytes;
        if (bytes > _peakBytes || _peakBytes == 0)
            (_peak, _peakBytes) = (peak, bytes);
    }

    /// <summary>The bytes at the end, where the stage has ended; otherwise those of the moment given.</summary>
    internal readonly MemoryMoment End(in MemoryMoment now) => _stepEnded ? _stepEnd : Ended ? _end : now;

    internal readonly StageMemory Report(MemoryStage stage, in MemoryMoment now)
    {
        var end = End(now);
        return new(stage, end.Bytes, _peakBytes, end.ToDictionary(), _peak.ToDictionary());
    }
}
