using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Activations that wait where they were computed.</summary>
internal sealed class MemoryActivationStore(ActivationType type) : ActivationStore(type)
{
    private readonly Dictionary<int, Tensor> _kept = [];

    private protected override void Put(int index, Tensor packed) => _kept.Add(index, packed.DetachFromDisposeScope());

    private protected override Tensor Fetch(int index)
    {
        _kept.Remove(index, out var kept);
        using (kept)
            return kept!.alias();
    }

    private protected override void Forget()
    {
        foreach (var kept in _kept.Values)
            kept.Dispose();
        _kept.Clear();
    }
}
