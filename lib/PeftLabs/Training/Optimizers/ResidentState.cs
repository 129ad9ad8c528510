using System.Runtime.CompilerServices;
using PeftLabs.Memory;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>State in memory, on the parameter's device.</summary>
internal sealed unsafe class ResidentState : StateBuffer
{
    private readonly Tensor _values;

    public ResidentState(StateSpec spec, Device device)
        : base(spec)
    {
        using var category = MemoryMeter.Category(MemoryCategory.OptimizerState);
        _values = zeros(spec.Shape, dtype: spec.Type, device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override byte* Host => _values.device_type == DeviceType.CPU ? Pointer(_values) : null;

    /// <summary>The first byte of a contiguous CPU tensor. A span of all of it could not be longer than 2 GiB.</summary>
    public static byte* Pointer(Tensor tensor)
    {
        if (tensor.numel() == 0)
            return null;
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref first.Span<byte>()[0]);
    }

    /// <inheritdoc/>
    public override Tensor Read(long first, long count) => _values.view(-1).narrow(0, first, count);

    /// <inheritdoc/>
    public override void Write(long first, Tensor values)
    {
        // What was read is the state itself.
    }

    /// <inheritdoc/>
    public override Tensor Export() => _values.alias();

    /// <inheritdoc/>
    public override void Import(Tensor values) => _values.copy_(values);

    /// <inheritdoc/>
    public override void Rest()
    {
    }

    /// <inheritdoc/>
    public override void Dispose() => _values.Dispose();
}
