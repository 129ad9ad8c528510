using TorchSharp;

namespace PeftLabs.Tests.Memory;

/// <summary>Tensors for a meter to count.</summary>
internal static class MeteredTensors
{
    public static torch.Tensor Bytes(long count) => torch.empty(count, dtype: torch.int8);
}
