namespace PeftLabs.Tokenization;

/// <summary>The symbols of one word while they merge, and the words seen before. Of one thread at a time.</summary>
internal sealed class MergeScratch
{
    /// <summary>Up to here a linear search for the next merge beats a queue.</summary>
    private const int ShortWord = 48;

    private readonly PriorityQueue<int, long> _queue = new();
    private int[] _next = new int[64];
    private int[] _previous = new int[64];
    private long[] _pairs = new long[64];

    public WordCache Cache { get; } = new();

    /// <summary>The bytes of a word, or its characters in the byte-level alphabet.</summary>
    public byte[] Bytes { get; private set; } = new byte[256];

    public int[] Ids { get; private set; } = new int[64];

    /// <summary>For each symbol left, the first of the initial symbols that it covers.</summary>
    public int[] First { get; private set; } = new int[64];

    /// <summary>Where each initial symbol lies in the word, in UTF-16 code units; only kept where offsets are asked for.</summary>
    public (int Start, int End)[] Units { get; private set; } = new (int, int)[64];

    public int Count { get; private set; }

    public int InitialCount { get; private set; }

    public void Clear() => Count = 0;

    public void EnsureBytes(int length)
    {
        if (Bytes.Length < length)
            Bytes = new byte[Math.Max(length, Bytes.Length * 2)];
    }

    public void Add(int id, int start, int end)
    {
        if (Count == Ids.Length)
            Grow();
        (Ids[Count], First[Count], Units[Count]) = (id, Count, (start, end));
        Count++;
    }

    public void ExtendLast(int end) => Units[Count - 1].End = end;

    /// <summary>Does every merge: always the one of the lowest rank, and of those the leftmost.</summary>
    public void Merge(MergeTable merges, int shortWord = ShortWord)
    {
        InitialCount = Count;
        if (Count < 2)
            return;
        for (var i = 0; i + 1 < Count; i++)
            _pairs[i] = merges.Find(Ids[i], Ids[i + 1]);
        _pairs[Count - 1] = MergeTable.None;
        if (Count <= shortWord)
            MergeBySearch(merges);
        else
            MergeByQueue(merges);
    }

    private void MergeBySearch(MergeTable merges)
    {
        for (int best; (best = Lowest()) >= 0;)
        {
            Ids[best] = (int)_pairs[best];
            var (from, tail) = (best + 2, Count - best - 2);
            Array.Copy(Ids, from, Ids, from - 1, tail);
            Array.Copy(First, from, First, from - 1, tail);
            Array.Copy(_pairs, from, _pairs, from - 1, tail);
            Count--;
            _pairs[best] = best + 1 < Count ? merges.Find(Ids[best], Ids[best + 1]) : MergeTable.None;
            if (best > 0)
                _pairs[best - 1] = merges.Find(Ids[best - 1], Ids[best]);
        }
    }

    private int Lowest()
    {
        var (best, rank) = (-1, MergeTable.None >> 32);
        for (var i = 0; i + 1 < Count; i++)
            if (_pairs[i] >> 32 < rank)
                (best, rank) = (i, _pairs[i] >> 32);
        return best;
    }

    private void MergeByQueue(MergeTable merges)
    {
        _queue.Clear();
        for (var i = 0; i < Count; i++)
        {
            (_next[i], _previous[i]) = (i + 1, i - 1);
            Enqueue(i);
        }
        while (_queue.TryDequeue(out var id, out var priority))
        {
            // A pair that changed since it was queued no longer has this rank and id.
            var at = (int)priority;
            if (_pairs[at] != ((priority & ~0xFFFFFFFFL) | (uint)id))
                continue;
            Join(at, id, merges);
        }
        Compact();
    }

    private void Join(int at, int id, MergeTable merges)
    {
        var right = _next[at];
        Ids[at] = id;
        _pairs[right] = MergeTable.None;
        Ids[right] = -1;
        _next[at] = _next[right];
        if (_next[at] < InitialCount)
            _previous[_next[at]] = at;
        _pairs[at] = _next[at] < InitialCount ? merges.Find(id, Ids[_next[at]]) : MergeTable.None;
        Enqueue(at);
        if (_previous[at] is var before and >= 0)
        {
            _pairs[before] = merges.Find(Ids[before], id);
            Enqueue(before);
        }
    }

    private void Enqueue(int at)
    {
        if (_pairs[at] != MergeTable.None)
            _queue.Enqueue((int)_pairs[at], (_pairs[at] & ~0xFFFFFFFFL) | (uint)at);
    }

    private void Compact()
    {
        var count = 0;
        for (var i = 0; i < InitialCount; i = _next[i])
            (Ids[count], First[count++]) = (Ids[i], i);
        Count = count;
    }

    private void Grow()
    {
        var size = Ids.Length * 2;
        (Ids, First, Units) = (Resized(Ids, size), Resized(First, size), Resized(Units, size));
        (_next, _previous, _pairs) = (new int[size], new int[size], new long[size]);
    }

    private static T[] Resized<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }
}
