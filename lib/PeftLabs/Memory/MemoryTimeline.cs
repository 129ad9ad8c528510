namespace PeftLabs.Memory;

/// <summary>A timeline of bounded size: time is cut into buckets of equal width, and each keeps its highest and its lowest sample.
/// When the buckets are used up, neighbours are merged and the width doubles; so the maximum is never lost.</summary>
internal sealed class MemoryTimeline(int samples)
{
    private readonly Bucket[] _buckets = new Bucket[samples / 2];
    private int _used;
    private double _width = 1e-5;

    /// <summary>Adds a sample; none may be earlier than the one before. Allocates nothing.</summary>
    internal void Add(in MemorySample sample)
    {
        while (sample.Seconds >= _width * _buckets.Length)
            Widen();
        var last = (int)(sample.Seconds / _width);
        while (_used <= last)
            _buckets[_used++] = default;
        _buckets[last].Add(sample);
    }

    internal List<MemorySample> ToList()
    {
        var list = new List<MemorySample>(2 * _used);
        for (var i = 0; i < _used; i++)
            _buckets[i].AddTo(list);
        return list;
    }

    private void Widen()
    {
        for (var i = 0; i < _used; i++)
        {
            var bucket = _buckets[i];
            _buckets[i] = default;
            _buckets[i / 2].Merge(bucket);
        }
        _used = (_used + 1) / 2;
        _width *= 2;
    }

    private struct Bucket
    {
        private MemorySample _low, _high;
        private bool _any;

        internal void Add(in MemorySample sample)
        {
            if (!_any || sample.Bytes > _high.Bytes)
                _high = sample;
            // Of equal lows the latest: a bucket then shows how it ended.
            if (!_any || sample.Bytes <= _low.Bytes)
                _low = sample;
            _any = true;
        }

        internal void Merge(in Bucket later)
        {
            if (!later._any)
                return;
            var first = later._low.Seconds <= later._high.Seconds;
            Add(first ? later._low : later._high);
            Add(first ? later._high : later._low);
        }

        internal readonly void AddTo(List<MemorySample> list)
        {
            if (!_any)
                return;
            var (first, second) = _low.Seconds <= _high.Seconds ? (_low, _high) : (_high, _low);
            list.Add(first);
            if (second != first)
                list.Add(second);
        }
    }
}
