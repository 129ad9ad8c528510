namespace PeftLabs.Labs;

/// <summary>Items by paths of names, as a tree; children stand in the order in which they came.</summary>
internal sealed class PathTree<T>(string name, int depth)
{
    private readonly Dictionary<string, PathTree<T>> _byName = [];
    private readonly List<PathTree<T>> _children = [];
    private readonly List<T> _items = [];

    /// <summary>The last name of the path.</summary>
    public string Name => name;

    /// <summary>Names of the path; 0 for the root.</summary>
    public int Depth => depth;

    /// <summary>What has this very path.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>The paths that are longer by a name.</summary>
    public IReadOnlyList<PathTree<T>> Children => _children;

    /// <summary>What has this path or a longer one.</summary>
    public IEnumerable<T> All => _items.Concat(_children.SelectMany(c => c.All));

    /// <summary>The tree of some items.</summary>
    public static PathTree<T> Of(IEnumerable<(string[] Path, T Item)> items)
    {
        var root = new PathTree<T>("", 0);
        foreach (var (path, item) in items)
            path.Aggregate(root, (tree, name) => tree.Child(name))._items.Add(item);
        return root;
    }

    private PathTree<T> Child(string child)
    {
        if (!_byName.TryGetValue(child, out var tree))
            _children.Add(_byName[child] = tree = new(child, depth + 1));
        return tree;
    }
}
