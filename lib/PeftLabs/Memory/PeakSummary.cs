using PeftLabs.Memory.Profiling;

namespace PeftLabs.Memory;

/// <summary>The blocks of a peak as the allocations that a report shows, largest first.</summary>
internal static class PeakSummary
{
    private const string Unknown = "not profiled";

    /// <summary>Like allocations together; of many the largest, and the others summed up by category, so that a report stays small.</summary>
    public static List<PeakAllocation> Folded(StagePeak peak, ScopeTree? tree, int most)
    {
        var places = new Dictionary<int, Place>();
        var all = Ordered(peak.Blocks.GroupBy(block => (PlaceOf(block.Scope).Key, block.Category, block.Bytes), block => block)
            .Select(group => Fold([.. group])));
        return all.Count <= most ? all : [.. all.Take(most), .. Rest(all.Skip(most))];

        Place PlaceOf(int scope) =>
            places.TryGetValue(scope, out var place) ? place : places[scope] = scope == 0 || tree is null ? new() : new(tree[scope]);

        PeakAllocation Fold(IReadOnlyList<Block> blocks)
        {
            var place = PlaceOf(blocks[0].Scope);
            var indices = blocks.Select(b => PlaceOf(b.Scope).Index).ToList();
            return place.Allocation(blocks[0], blocks.Count) with { FirstIndex = indices.Min(), LastIndex = indices.Max() };
        }
    }

    /// <summary>Each for itself.</summary>
    public static List<PeakAllocation> Single(StagePeak peak, ScopeTree? tree) =>
        Ordered(peak.Blocks.Select(block => (block.Scope == 0 || tree is null ? new Place() : new Place(tree[block.Scope])).Allocation(block, 1)));

    private static List<PeakAllocation> Ordered(IEnumerable<PeakAllocation> allocations) => [.. allocations
        .OrderByDescending(a => a.Bytes).ThenBy(a => a.Path, StringComparer.Ordinal).ThenBy(a => a.Code, StringComparer.Ordinal)
        .ThenBy(a => a.FirstIndex).ThenBy(a => a.Category)];

    private static IEnumerable<PeakAllocation> Rest(IEnumerable<PeakAllocation> small) => Ordered(small.GroupBy(a => a.Category)
        .Select(g => new PeakAllocation(PeakAllocation.Smaller, "", g.Key, g.Sum(a => a.Count), g.Sum(a => a.Bytes))));

    /// <summary>A scope as an allocation names it.</summary>
    private sealed class Place
    {
        private readonly string _path = Unknown, _code = "";
        private readonly ScopeNode? _indexed;

        public Place()
        {
        }

        public Place(ScopeNode node)
        {
            List<string> names = [];
            for (var scope = node; scope is not null; scope = scope.Parent)
            {
                names.Add(scope.Scope.Name);
                _indexed = scope.Scope.Index >= 0 ? scope : _indexed;
            }
            names.Reverse();
            (_path, _code) = (string.Join(PeakAllocation.Separator, names), node.Code);
        }

        public int? Index => _indexed?.Scope.Index;

        /// <summary>What places that differ in their number have in common.</summary>
        public (string, string) Key => (_path, _code);

        public PeakAllocation Allocation(in Block block, int count) => new(_path, _code, (MemoryCategory)block.Category, count, count * block.Bytes)
        {
            FirstIndex = Index,
            LastIndex = Index,
            IndexedScope = _indexed?.Scope.Name,
        };
    }
}
