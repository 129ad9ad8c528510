namespace PeftLabs.Tokenization;

/// <summary>The ids of an encoding as they come, and where asked for the UTF-16 code units of the text that each covers.</summary>
internal sealed class TokenBuffer(bool tracked)
{
    private int[] _ids = new int[64];

    public bool Tracked => tracked;

    public List<(int Start, int End)> Ranges { get; } = [];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public void Add(int id, int start, int end)
    {
        Add([id]);
        if (tracked)
            Ranges.Add((start, end));
    }

    public void Add(ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
            Array.Resize(ref _ids, Math.Max(_ids.Length * 2, Count + ids.Length));
        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Takes <paramref name="count"/> tokens out, from <paramref name="start"/>.</summary>
    public void Remove(int start, int count)
    {
        Ids[(start + count)..].CopyTo(_ids.AsSpan(start));
        if (tracked)
            Ranges.RemoveRange(start, count);
        Count -= count;
    }
}
