using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Queries of one row and the keys they may see: query i of the span sees keys up to i + <see cref="Shift"/>, and with a window only
/// the last <paramref name="Window"/> of those.
/// </summary>
internal readonly record struct AttentionSpan(long Row, long FirstQuery, long Queries, long FirstKey, long Keys, long Window)
{
    /// <summary>Keys before the first query's own.</summary>
    public long Shift => Keys - Queries;

    /// <summary>The span's queries of <c>[batch, heads, tokens, d]</c>: <c>[heads, queries, d]</c>.</summary>
    public Tensor QueriesOf(Tensor x) => x.select(0, Row).narrow(1, FirstQuery, Queries);

    /// <summary>The span's keys of <c>[batch, keyValueHeads, keys, d]</c>: <c>[keyValueHeads, keys, d]</c>.</summary>
    public Tensor KeysOf(Tensor x) => x.select(0, Row).narrow(1, FirstKey, Keys);

    /// <summary>True at <c>[query, key]</c> where the key must not be seen; null where every key may be.</summary>
    public Tensor? Hidden(Device device)
    {
        var windowed = Window < Keys;
        if (Queries == 1 && !windowed)
            return null;
        var every = ones([Queries, Keys], dtype: ScalarType.Bool, device: device);
        return windowed ? every.triu(Shift + 1).logical_or_(every.tril(Shift - Window)) : every.triu(Shift + 1);
    }
}
