using PeftLabs.Quantization;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>State in a memory-mapped file. Tensor operators see copies of parts of it, on the parameter's device.</summary>
internal sealed unsafe class PagedState(StateSpec spec, PagedFile file, long offset, Device device) : StateBuffer(spec)
{
    // The processor copies so many bytes at a time between a tensor and the file.
    private const long CopyBytes = 4 << 20;

    /// <inheritdoc/>
    public override byte* Host => file.Start + offset;

    /// <inheritdoc/>
    public override Tensor Read(long first, long count)
    {
        var values = empty([count], dtype: Spec.Type, device: CPU);
        Bytes(first, count).CopyTo(values.bytes);
        return values.to(device);
    }

    /// <inheritdoc/>
    public override void Write(long first, Tensor values)
    {
        using var host = values.cpu();
        host.bytes.CopyTo(Bytes(first, values.numel()));
    }

    /// <inheritdoc/>
    public override Tensor Export()
    {
        var values = empty(Spec.Shape, dtype: Spec.Type, device: CPU);
        ForEachPart(values, (part, first, count) => Bytes(first, count).CopyTo(part.bytes));
        return values;
    }

    /// <inheritdoc/>
    public override void Import(Tensor values)
    {
        using var flat = values.contiguous();
        ForEachPart(flat, (part, first, _) => Write(first, part));
        Rest();
    }

    /// <inheritdoc/>
    public override void Rest() => file.Release(offset, Spec.Bytes);

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The file is its store's.
    }

    private Span<byte> Bytes(long first, long count) =>
        new(Host + first * Spec.ElementBytes, checked((int)(count * Spec.ElementBytes)));

    private void ForEachPart(Tensor whole, Action<Tensor, long, long> use)
    {
        var size = CopyBytes / Spec.ElementBytes;
        for (var first = 0L; first < Spec.Elements; first += size)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(size, Spec.Elements - first);
            use(whole.view(-1).narrow(0, first, count), first, count);
        }
    }
}
