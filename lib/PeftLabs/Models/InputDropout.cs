using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Inverted dropout (arXiv 1207.0580) whose mask follows from a seed alone, so that it is made again, not kept. Elsewhere than on a CPU
/// a generator with that seed makes it, and it is another mask.
/// </summary>
internal static class InputDropout
{
    /// <summary>
    /// What is left of <paramref name="x"/>, in float32; x itself may have been kept in 16 bits. Where x is a part of a tensor, its first
    /// element's place there says which part of the mask is its own.
    /// </summary>
    public static Tensor Apply(Tensor x, DropoutMask mask, long first = 0)
    {
        if (ElementWise.KernelsFor(x) is not { } kernels)
            return SavedActivation.Unpack(x).mul(Mask(x, mask, first)).mul_(mask.Scale);
        var y = empty(x.shape);
        ElementWise.Dropout(kernels, x, mask, first, add: false, y);
        return y;
    }

    /// <summary>Adds what is left of <paramref name="x"/>, in float32, to <paramref name="y"/>; returns y. x may be used up.</summary>
    public static Tensor AddTo(Tensor y, Tensor x, DropoutMask mask, long first = 0)
    {
        if (ElementWise.KernelsFor(x) is not { } kernels)
            return y.add_(x.mul_(Mask(x, mask, first)).mul_(mask.Scale));
        ElementWise.Dropout(kernels, x, mask, first, add: true, y);
        return y;
    }

    private static Tensor Mask(Tensor x, DropoutMask mask, long first)
    {
        using var generator = new Generator(new RandomBits(mask.Seed, "dropout")[first], x.device);
        return rand(x.shape, ScalarType.Float32, x.device, generator: generator).ge(mask.Share);
    }
}
