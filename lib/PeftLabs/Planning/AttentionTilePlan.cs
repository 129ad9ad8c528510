using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>The tiles of attention over documents of some length, one key head at a time, as sizes.</summary>
internal sealed class AttentionTilePlan
{
    public AttentionTilePlan(PlanSymbols symbols, PlanSymbol document, AttentionTileSize size, long? window)
    {
        var queries = Math.Min(size.QueriesFor(symbols.Group.Value), document.Value);
        var (t, s) = (new PlanSymbol("t", queries, "queries of a tile"), new PlanSymbol("s", Math.Min(size.Keys, document.Value), "keys of a tile"));
        var seen = window ?? document.Value;
        InOne = Math.Min(document.Value, seen == document.Value ? seen : seen + queries - 1) <= size.Keys;
        CopiesQueries = symbols.Group.Value > 1 && queries != symbols.Row.Value;
        // A tile of queries meets the keys up to its last one, and from its first one's window on; where there is one tile of keys, the
        // softmax is that narrow.
        var met = Enumerable.Range(0, (int)((document.Value + queries - 1) / queries)).Max(tile =>
        {
            var (first, count) = (tile * queries, Math.Min(queries, document.Value - tile * queries));
            return count * (first + count - Math.Max(0, first - seen + 1));
        });
        (Tile, Mask) = (4 * symbols.Group * t * s, 2 * t * t);
        Softmax = 4 * symbols.Group * new PlanSymbol("m", met, "queries × keys of the widest softmax");
        (Row, Rows) = (4 * symbols.Group * t, 4 * symbols.Group * t * symbols.HeadSize);
    }

    /// <summary>Whether a tile of keys holds those of a whole document.</summary>
    public bool InOne { get; }

    /// <summary>Whether the queries of a tile, with those of the heads that share a key, are a copy.</summary>
    public bool CopiesQueries { get; }

    /// <summary>The scores of a tile.</summary>
    public PlanSize Tile { get; }

    /// <summary>Ones, and the triangle of them that is hidden.</summary>
    public PlanSize Mask { get; }

    /// <summary>The widest softmax where there is one tile of keys.</summary>
    public PlanSize Softmax { get; }

    /// <summary>A number a query of a tile.</summary>
    public PlanSize Row { get; }

    /// <summary>The features of a tile's queries.</summary>
    public PlanSize Rows { get; }
}
