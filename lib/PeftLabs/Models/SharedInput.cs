using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// An input <c>[…, in]</c> that several projections take, so that what backward needs of it is kept once. It lives until the last of
/// them was applied; the input stays its owner's.
/// </summary>
internal sealed class SharedInput : IDisposable
{
    private readonly ActivationType _type;
    private Tensor? _kept;

    public SharedInput(Tensor input, ActivationType type = ActivationType.Float32)
    {
        (Shape, _type) = (input.shape, type);
        Rows = input.reshape(-1, input.shape[^1]).DetachFromDisposeScope();
    }

    /// <summary>The input's shape, <c>[…, in]</c>.</summary>
    public long[] Shape { get; }

    /// <summary>The input as rows, <c>[tokens, in]</c>.</summary>
    public Tensor Rows { get; }

    /// <summary>What is kept of the rows for backward; made at the first call.</summary>
    public Tensor Kept()
    {
        if (_type == ActivationType.Float32)
            return Rows;
        return _kept ??= SavedActivation.Pack(Rows, _type).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        _kept?.Dispose();
    }
}
