using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>Matrix products whose operands are rounded to some type, with a result in float32.</summary>
internal static class RoundedProduct
{
    /// <summary>a·b for <c>[n, k]</c> and <c>[k, m]</c>; in float32 it is torch's own.</summary>
    public static Tensor Of(Tensor a, Tensor b, ScalarType type)
    {
        if (type == ScalarType.Float32)
            return a.mm(b);
        using var scope = NewDisposeScope();
        return a.to(type).mm(b.to(type)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
