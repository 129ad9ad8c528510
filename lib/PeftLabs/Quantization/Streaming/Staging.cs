using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// Host memory through which a group goes to another device; pinned for CUDA. One is enough: the next group is read after this one was
/// copied.
/// </summary>
internal sealed class Staging : IDisposable
{
    private List<Tensor> _tensors = [];

    /// <summary>Host tensors like those given.</summary>
    public IReadOnlyList<Tensor> For(IReadOnlyList<Tensor> tensors)
    {
        if (_tensors.Select(t => (t.dtype, t.numel())).SequenceEqual(tensors.Select(t => (t.dtype, t.numel()))))
            return _tensors;
        Dispose();
        using var scope = NewDisposeScope();
        foreach (var tensor in tensors)
            _tensors.Add(Like(tensor).DetachFromDisposeScope());
        return _tensors;
    }

    /// <summary>Copies what was read.</summary>
    public void CopyTo(IEnumerable<Tensor> tensors)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (index, tensor) in tensors.Index())
            tensor.copy_(_tensors[index]);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _tensors.ForEach(tensor => tensor.Dispose());
        _tensors = [];
    }

    private static Tensor Like(Tensor tensor)
    {
        var host = empty(tensor.shape, dtype: tensor.dtype, device: CPU);
        return tensor.device_type == DeviceType.CUDA ? host.pin_memory() : host;
    }
}
