using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Activations of a model on a GPU that wait in page-locked host memory. Copies out do not block the host; TorchSharp has no streams,
/// so they run in order with the computation. An activation is brought back one part ahead of its use.
/// </summary>
internal sealed class HostActivationStore(ActivationType type) : ActivationStore(type)
{
    private readonly Dictionary<int, Tensor> _host = [];
    private readonly Dictionary<int, Tensor> _fetched = [];
    private Device? _device;

    private protected override void Put(int index, Tensor packed)
    {
        _device = packed.device;
        using var pageable = empty(packed.shape, dtype: packed.dtype, device: CPU);
        var host = pageable.pin_memory().DetachFromDisposeScope();
        host.copy_(packed, true);
        _host.Add(index, host);
    }

    private protected override Tensor Fetch(int index)
    {
        Bring(index);
        Bring(index - 1);
        _fetched.Remove(index, out var fetched);
        using (fetched)
            return fetched!.alias();
    }

    private protected override void Forget()
    {
        foreach (var tensor in _host.Values.Concat(_fetched.Values))
            tensor.Dispose();
        _host.Clear();
        _fetched.Clear();
    }

    private void Bring(int index)
    {
        if (!_host.Remove(index, out var host))
            return;
        using (host)
            _fetched.Add(index, host.to(_device!, non_blocking: true).DetachFromDisposeScope());
    }
}
