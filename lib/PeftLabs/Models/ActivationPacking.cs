using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Activations in the type in which they wait for backward.</summary>
internal static class ActivationPacking
{
    /// <summary>The tensor in a type: itself where it is of that type already, else a rounded copy.</summary>
    public static Tensor Pack(Tensor x, ActivationType type) => type switch
    {
        ActivationType.BFloat16 => x.to(ScalarType.BFloat16),
        ActivationType.Float16 => x.to(ScalarType.Float16),
        _ => x,
    };

    /// <summary>A packed tensor in float32.</summary>
    public static Tensor Unpack(Tensor packed) => packed.dtype == ScalarType.Float32 ? packed : packed.to(ScalarType.Float32);

    /// <summary>Bytes of a number that waits for backward.</summary>
    public static int BytesOf(ActivationType type) => type == ActivationType.Float32 ? 4 : 2;
}
