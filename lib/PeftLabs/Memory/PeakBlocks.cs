namespace PeftLabs.Memory;

/// <summary>
/// Which blocks were alive at a peak: those still living that are no younger, and those freed since. Only the latter are written down;
/// a new peak forgets them. Each block alive at a peak is written down at most once, so this costs no more than the frees themselves.
/// </summary>
internal sealed class PeakBlocks : IDisposable
{
    private readonly BlockList _freed = new();
    private long _event = -1;

    /// <summary>The bytes of the highest moment so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The moment is the highest so far, if it is.</summary>
    /// <param name="bytes">Bytes alive now.</param>
    /// <param name="now">The number of the last allocation.</param>
    internal void Raise(long bytes, long now)
    {
        if (bytes <= Bytes)
            return;
        (Bytes, _event) = (bytes, now);
        _freed.Clear();
    }

    /// <summary>A living block was freed.</summary>
    internal void Freed(in Block block)
    {
        if (block.Birth <= _event)
            _freed.Add(block);
    }

    /// <summary>The blocks that were alive, given those that are.</summary>
    internal List<Block> Blocks(BlockTable living)
    {
        var blocks = living.BornUntil(_event);
        blocks.AddRange(_freed.AsSpan());
        return blocks;
    }

    public void Dispose() => _freed.Dispose();
}
