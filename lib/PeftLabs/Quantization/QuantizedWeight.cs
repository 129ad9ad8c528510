using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// A matrix of codes and scales. Kernels on the host encode, whatever the device: while rows are being encoded the matrix lies in host
/// memory, and <see cref="Complete"/> takes it to its device.
/// </summary>
public abstract class QuantizedWeight : TiledWeight
{
    private readonly Lock _lock = new();
    private volatile bool _open;

    private protected QuantizedWeight(long rows, long columns, Device device, bool open)
        : base(rows, columns) => (Device, _open) = (device, open);

    /// <inheritdoc/>
    public override Device Device { get; }

    /// <inheritdoc/>
    public override void Complete()
    {
        if (!_open)
            return;
        using var _ = no_grad();
        Close(Device);
        _open = false;
    }

    private protected override void Encode(long firstRow, ReadOnlySpan<float> values, int threads)
    {
        CheckedRows(firstRow, values.Length);
        EnsureOpen();
        try
        {
            EncodeFlat(firstRow * Columns, values, threads);
        }
        catch (NonFiniteWeightException e)
        {
            throw new NonFiniteWeightException(firstRow * Columns + e.Position, e.Value);
        }
    }

    /// <summary>Encodes the values from a flat position on, where a block begins.</summary>
    private protected abstract void EncodeFlat(long first, ReadOnlySpan<float> values, int threads);

    /// <summary>Brings the tensors to host memory, in the form in which rows are encoded.</summary>
    private protected abstract void Open();

    /// <summary>Brings the tensors to their device, in the form in which they stay.</summary>
    private protected abstract void Close(Device device);

    private protected static Tensor NewTensor(ScalarType type, params long[] shape) =>
        empty(shape, dtype: type, device: CPU).DetachFromDisposeScope();

    private protected static void Move(ref Tensor tensor, Device device)
    {
        if (tensor.device.type == device.type && tensor.device.index == device.index)
            return;
        var moved = tensor.to(device).DetachFromDisposeScope();
        tensor.Dispose();
        tensor = moved;
    }

    private void EnsureOpen()
    {
        if (_open)
            return;
        lock (_lock)
        {
            if (_open)
                return;
            using var _ = no_grad();
            Open();
            _open = true;
        }
    }
}
