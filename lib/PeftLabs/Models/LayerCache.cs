using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The keys and values of one layer while text is generated, each <c>[batch, keyValueHeads, capacity, d]</c>.</summary>
public sealed class LayerCache(long capacity) : IDisposable
{
    private Tensor? _keys, _values;

    /// <summary>Positions held.</summary>
    public long Length { get; private set; }

    /// <summary>Appends <c>[batch, keyValueHeads, tokens, d]</c> and gives all held so far; the views are the caller's.</summary>
    /// <exception cref="InvalidOperationException">More positions than the capacity.</exception>
    public (Tensor Keys, Tensor Values) Append(Tensor keys, Tensor values)
    {
        if (Length + keys.shape[2] > capacity)
            throw new InvalidOperationException($"The cache holds {capacity} positions; {Length + keys.shape[2]} are needed.");
        Write(ref _keys, keys);
        Write(ref _values, values);
        Length += keys.shape[2];
        return (_keys!.narrow(2, 0, Length), _values!.narrow(2, 0, Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }

    private void Write(ref Tensor? held, Tensor added)
    {
        var shape = added.shape;
        held ??= empty([shape[0], shape[1], capacity, shape[3]], dtype: added.dtype, device: added.device).DetachFromDisposeScope();
        using var room = held.narrow(2, Length, shape[2]);
        room.copy_(added).Dispose();
    }
}
