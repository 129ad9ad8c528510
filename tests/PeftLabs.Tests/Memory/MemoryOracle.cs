using PeftLabs.Memory;

namespace PeftLabs.Tests.Memory;

/// <summary>What a meter must report, computed the slow way: it writes down every event and looks back at the end.</summary>
internal sealed class MemoryOracle
{
    private const int Between = 4;
    private readonly List<Born> _blocks = [];
    private readonly List<Interval> _intervals = [new(0, 0)];
    private readonly Dictionary<int, Born> _alive = [];
    private int _now, _step;

    public long CurrentBytes => _alive.Values.Sum(b => b.Bytes);

    public long UnseenFrees { get; private set; }

    public long PeakBytes => Enumerable.Range(0, _now + 1).Max(t => _blocks.Where(b => b.IsAlive(t)).Sum(b => b.Bytes));

    public void Allocate(int id, long bytes, MemoryCategory? category)
    {
        if (_alive.ContainsKey(id))
        {
            UnseenFrees++;
            Free(id);
        }
        var block = new Born(++_now, bytes, category, _intervals.Count - 1);
        _blocks.Add(block);
        _alive[id] = block;
    }

    public void Free(int id)
    {
        if (!_alive.Remove(id, out var block))
            return;
        block.Death = ++_now;
        block.DeathInterval = _intervals.Count - 1;
    }

    public void Enter(int stage)
    {
        if (_intervals[^1].Stage != stage)
            _intervals.Add(new(stage, ++_now) { Step = _step });
    }

    public void EndStep()
    {
        Enter(Between);
        _step++;
    }

    /// <summary>The stages that were entered, each as (stage, end, peak) with the bytes of the six categories.</summary>
    public IEnumerable<(MemoryStage Stage, long[] End, long[] Peak)> Stages()
    {
        for (var stage = 0; stage < Between; stage++)
        {
            var own = Enumerable.Range(0, _intervals.Count).Where(k => _intervals[k].Stage == stage).ToList();
            if (own.Count > 0)
                yield return ((MemoryStage)stage, At(End(own), Last(End(own))), own.Select(Peak).MaxBy(p => p.Sum())!);
        }
    }

    /// <summary>The blocks alive at a stage's peak, 4 for between stages, each as (number of its allocation, bytes, category).</summary>
    public IEnumerable<(int Number, long Bytes, MemoryCategory Category)> AlivePeak(int stage)
    {
        // Of equal peaks the first.
        var peaks = Enumerable.Range(0, _intervals.Count).Where(k => _intervals[k].Stage == stage)
            .SelectMany(k => Enumerable.Range(_intervals[k].Start, Last(k) - _intervals[k].Start + 1).Select(t => (Interval: k, Time: t)))
            .Select(p => (p.Interval, p.Time, Bytes: At(p.Interval, p.Time).Sum())).ToList();
        if (peaks.Count == 0 || peaks.MaxBy(p => p.Bytes) is not { Bytes: > 0 } peak)
            return [];
        return _blocks.Index().Where(b => b.Item.IsAlive(peak.Time))
            .Select(b => (b.Index + 1, b.Item.Bytes, CategoryOf(b.Item, peak.Interval)));
    }

    // The last interval of the last completed step; before that, the last that has ended; before that, the one that runs.
    private int End(List<int> own)
    {
        var stage = _intervals[own[0]].Stage;
        var ended = own.Where(k => k < _intervals.Count - 1).ToList();
        var completed = ended.Where(k => stage != 0 && _intervals[k].Step < _step).ToList();
        return completed.Count > 0 ? completed[^1] : ended.Count > 0 ? ended[^1] : own[^1];
    }

    private int Last(int interval) => interval == _intervals.Count - 1 ? _now : _intervals[interval + 1].Start - 1;

    private long[] Peak(int interval) =>
        Enumerable.Range(_intervals[interval].Start, Last(interval) - _intervals[interval].Start + 1)
            .Select(t => At(interval, t)).MaxBy(c => c.Sum())!;

    private long[] At(int interval, int time)
    {
        var bytes = new long[6];
        foreach (var block in _blocks.Where(b => b.IsAlive(time)))
            bytes[(int)CategoryOf(block, interval)] += block.Bytes;
        return bytes;
    }

    private MemoryCategory CategoryOf(Born block, int interval) =>
        block.Category ?? (block.Interval == interval && block.DeathInterval == interval
            ? MemoryCategory.Workspace
            : _intervals[block.Interval].Stage switch
            {
                0 => MemoryCategory.Weights,
                1 => MemoryCategory.Activations,
                2 => MemoryCategory.Gradients,
                3 => MemoryCategory.OptimizerState,
                _ => MemoryCategory.Workspace,
            });

    private sealed record Interval(int Stage, int Start)
    {
        public int Step { get; init; }
    }

    private sealed record Born(int Birth, long Bytes, MemoryCategory? Category, int Interval)
    {
        public int Death { get; set; } = int.MaxValue;

        public int DeathInterval { get; set; } = -1;

        public bool IsAlive(int time) => Birth <= time && time < Death;
    }
}
