using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>Terms as tables.</summary>
public static class MemoryTermTable
{
    /// <summary>A line a term, the largest first.</summary>
    public static IReadOnlyList<MemoryTermRow> ToRows(this IEnumerable<MemoryTerm> terms) => [.. terms.OrderByDescending(t => t.Bytes).Select(t =>
        new MemoryTermRow(t.Name, t.Formula, t.Values, t.Category, t.Bytes, ByteSize.Format(t.Bytes), t.Source))];
}
