namespace PeftLabs.Tokenization;

/// <summary>
/// Lays a double array out, node by node in the order of the sorted pieces. Slots are given out by blocks of 256, in which all children
/// of a node lie; only the last few blocks are tried, so that building stays linear at the cost of some free slots.
/// </summary>
internal sealed class PieceTrieBuilder
{
    private const int BlockSize = 256, OpenBlocks = 16, WorthwhileFree = 4;

    private readonly (byte[] Bytes, int Number)[] _pieces;
    private readonly List<int> _open = [];
    private PieceTrie.Node[] _nodes;
    private int[] _free; // of each block, how many slots are free
    private int _blocks;

    public PieceTrieBuilder(IEnumerable<(byte[] Bytes, int Number)> pieces)
    {
        // The sort is stable, so that of equal pieces the last given comes last.
        _pieces = [.. pieces.Where(piece => piece.Bytes.Length > 0).OrderBy(piece => piece.Bytes, Comparer<byte[]>.Create(Compare))];
        (_nodes, _free) = (new PieceTrie.Node[BlockSize * 4], new int[4]);
        AddBlock();
        Take(PieceTrie.Root, PieceTrie.None);
    }

    public PieceTrie Build()
    {
        var work = new Stack<(int Node, int From, int To, int Depth)>();
        work.Push((PieceTrie.Root, 0, _pieces.Length, 0));
        while (work.TryPop(out var item))
            Place(item.Node, item.From, item.To, item.Depth, work);
        // A walk may ask for any slot of a block that some node's base lies in: whole blocks are kept.
        return new(_nodes[..(_blocks * BlockSize)]);
    }

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);

    /// <summary>Gives the node of the pieces from <paramref name="from"/> on, alike in their first bytes, its number and its children.</summary>
    private void Place(int node, int from, int to, int depth, Stack<(int Node, int From, int To, int Depth)> work)
    {
        var number = -1;
        for (; from < to && _pieces[from].Bytes.Length == depth; from++)
            number = _pieces[from].Number;
        List<(byte Label, int From, int To)> children = [];
        for (int start = from, end; start < to; start = end)
        {
            var label = _pieces[start].Bytes[depth];
            for (end = start + 1; end < to && _pieces[end].Bytes[depth] == label;)
                end++;
            children.Add((label, start, end));
        }
        var place = children.Count == 0 ? 0 : Find(children);
        _nodes[node] = _nodes[node] with { Base = place, Number = number };
        foreach (var (label, start, end) in children)
        {
            Take(place ^ label, node);
            work.Push((place ^ label, start, end, depth + 1));
        }
    }

    /// <summary>A base from which all children fall on free slots.</summary>
    private int Find(List<(byte Label, int From, int To)> children)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var first = _open[i] * BlockSize;
            if (_free[_open[i]] < children.Count)
                continue;
            for (var place = first; place < first + BlockSize; place++)
                if (Fits(place, children))
                    return place;
        }
        return AddBlock() * BlockSize;
    }

    private bool Fits(int place, List<(byte Label, int From, int To)> children)
    {
        foreach (var (label, _, _) in children)
            if (_nodes[place ^ label].Parent != PieceTrie.None || (place ^ label) == PieceTrie.Root)
                return false;
        return true;
    }

    private void Take(int slot, int parent)
    {
        _nodes[slot] = _nodes[slot] with { Parent = parent };
        var block = slot / BlockSize;
        if (--_free[block] < WorthwhileFree)
            _open.Remove(block);
    }

    private int AddBlock()
    {
        if (_blocks == _free.Length)
        {
            Array.Resize(ref _free, _blocks * 2);
            Array.Resize(ref _nodes, _blocks * 2 * BlockSize);
        }
        Array.Fill(_nodes, PieceTrie.Node.Free, _blocks * BlockSize, BlockSize);
        _free[_blocks] = BlockSize;
        if (_open.Count == OpenBlocks)
            _open.RemoveAt(0);
        _open.Add(_blocks);
        return _blocks++;
    }
}
