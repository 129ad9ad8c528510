namespace PeftLabs.Tokenization;

/// <summary>
/// The pieces of a vocabulary by their UTF-8 bytes, as a double array (Aoe 1989): the child of a node for byte b is the node at
/// <c>Base xor b</c>, if that one names it as its parent. A step is one load, whatever the number of children.
/// </summary>
internal sealed class PieceTrie
{
    /// <summary>Where every walk begins.</summary>
    public const int Root = 0;

    /// <summary>What <see cref="Next"/> gives where no piece goes on.</summary>
    public const int None = -1;

    private readonly Node[] _nodes;

    internal PieceTrie(Node[] nodes) => _nodes = nodes;

    /// <summary>The trie of some pieces; of two that are the same the later one's number counts.</summary>
    public static PieceTrie Build(IEnumerable<(byte[] Bytes, int Number)> pieces) => new PieceTrieBuilder(pieces).Build();

    /// <summary>The node one byte further, or <see cref="None"/>.</summary>
    public int Next(int node, byte value)
    {
        var child = _nodes[node].Base ^ value;
        return _nodes[child].Parent == node ? child : None;
    }

    /// <summary>The number of the piece that ends at a node, or -1.</summary>
    public int Number(int node) => _nodes[node].Number;

    /// <summary>A slot of the array. A free one, and the root, have no parent.</summary>
    /// <param name="Base">Whence its children are reached.</param>
    /// <param name="Parent">The node whose child it is, or -1.</param>
    /// <param name="Number">The piece that ends here, or -1.</param>
    internal readonly record struct Node(int Base, int Parent, int Number)
    {
        public static Node Free { get; } = new(0, None, -1);
    }
}
