using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>An activation that waits in an <see cref="ActivationStore"/> for backward.</summary>
internal sealed class StoredActivation(ActivationStore store, int index)
{
    /// <summary>The activation as it was put in, within the store's precision; the caller owns it. It can be taken once.</summary>
    public Tensor Take() => store.Take(index);
}
