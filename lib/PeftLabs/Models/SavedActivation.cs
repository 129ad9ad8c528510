using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>How a tensor waits for backward: as it is, or rounded to 16 bits. Its dtype says which.</summary>
internal static class SavedActivation
{
    /// <summary>What is to be kept of <paramref name="x"/>: in float32 the tensor itself, otherwise a copy.</summary>
    public static Tensor Pack(Tensor x, ActivationType type)
    {
        if (type == ActivationType.Float32)
            return x;
        using var _ = no_grad();
        return x.to(type == ActivationType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16);
    }

    /// <summary>The float32 values of what was kept: the tensor itself, or a copy.</summary>
    public static Tensor Unpack(Tensor kept) => kept.dtype == ScalarType.Float32 ? kept : kept.to(ScalarType.Float32);

    /// <summary>Bytes of a number that waits for backward.</summary>
    public static int BytesOf(ActivationType type) => type == ActivationType.Float32 ? 4 : 2;
}
