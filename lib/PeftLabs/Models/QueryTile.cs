namespace PeftLabs.Models;

/// <summary>Some queries of a span for some key heads: what is worked on at once. Queries are counted from the span's first.</summary>
internal readonly record struct QueryTile(AttentionSpan Span, long FirstHead, long Heads, long FirstQuery, long Queries);
