namespace PeftLabs.Planning;

/// <summary>How many blocks of each kind are alive, and how many were when there was most since a stage began.</summary>
internal sealed class WalkCounts
{
    private readonly Dictionary<(PlanTerm, PlanSize), WalkKind> _kinds = [];
    private readonly List<WalkKind> _byId = [];
    private long[] _alive = new long[128], _peak = new long[128];
    private long _bytes, _peakBytes;
    private bool _atPeak;

    /// <summary>The number of the event after which there was most.</summary>
    public long PeakEvent { get; private set; }

    /// <summary>The number of the last event.</summary>
    public long Event { get; private set; }

    /// <summary>The kind of some term and size.</summary>
    public WalkKind Kind(PlanTerm term, PlanSize size)
    {
        if (_kinds.TryGetValue((term, size), out var kind))
            return kind;
        kind = new(_byId.Count, term, size);
        _byId.Add(kind);
        _kinds.Add((term, size), kind);
        if (_byId.Count > _alive.Length)
        {
            Array.Resize(ref _alive, 2 * _alive.Length);
            Array.Resize(ref _peak, _alive.Length);
        }
        return kind;
    }

    /// <summary>Adds blocks, as an event of its own, or takes some away.</summary>
    public void Add(WalkKind kind, long count)
    {
        if (count < 0)
            Settle();
        else
            Event++;
        _alive[kind.Id] += count;
        _bytes += count * kind.Bytes;
        Raise();
    }

    /// <summary>Makes a living block one of another kind; one that was alive at the peak was that there already.</summary>
    public void Move(WalkKind from, WalkKind to, bool wasAtPeak)
    {
        Settle();
        _alive[from.Id]--;
        _alive[to.Id]++;
        if (wasAtPeak)
            MoveInPeak(from, to);
    }

    /// <summary>Makes a block that was alive at the peak one of another kind.</summary>
    public void MoveInPeak(WalkKind from, WalkKind to)
    {
        _peak[from.Id]--;
        _peak[to.Id]++;
    }

    /// <summary>Takes whatever there is of a term away.</summary>
    public void Clear(PlanTerm term)
    {
        foreach (var kind in _byId.Where(k => k.Term == term))
            Add(kind, -_alive[kind.Id]);
    }

    /// <summary>How many blocks of each kind are alive, by the kinds' numbers.</summary>
    public long[] Alive() => _alive[.._byId.Count];

    /// <summary>Repeats so many times whatever has changed since the counts were taken.</summary>
    public void Repeat(long[] since, long times)
    {
        Settle();
        foreach (var kind in _byId)
        {
            var change = times * (_alive[kind.Id] - (kind.Id < since.Length ? since[kind.Id] : 0));
            _alive[kind.Id] += change;
            _bytes += change * kind.Bytes;
        }
        Raise();
    }

    /// <summary>From here on the peak is at least what is alive now.</summary>
    public void Begin() => (_peakBytes, _atPeak) = (_bytes, true);

    /// <summary>What is alive now, and what was at the peak.</summary>
    public (PlannedTerms Now, PlannedTerms Peak) Terms()
    {
        Settle();
        return (Terms(_alive), Terms(_peak));
    }

    /// <summary>Counts are copied only when something is freed, or named anew, after there was more than ever.</summary>
    public void Settle()
    {
        if (!_atPeak)
            return;
        Array.Copy(_alive, _peak, _byId.Count);
        (_atPeak, PeakEvent) = (false, Event);
    }

    private PlannedTerms Terms(long[] counts) => new([.. _byId.Where(k => counts[k.Id] != 0 && k.Bytes > 0).Select(k => (k, counts[k.Id]))]);

    private void Raise()
    {
        if (_bytes > _peakBytes)
            (_peakBytes, _atPeak) = (_bytes, true);
    }
}
