using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Cpu;

// A layer norm is the root-mean-square norm of what is left of x without its mean.
internal static unsafe partial class ElementWise
{
    /// <summary>y <c>[…, size]</c> and the inverse roots, one a row.</summary>
    public static (Tensor Y, Tensor Inverse) LayerNorm(ElementKernels kernels, Tensor x, Tensor weight, Tensor bias, double epsilon)
    {
        x = x.contiguous();
        var size = (int)x.shape[^1];
        var (y, inverse) = (empty_like(x), empty([.. x.shape[..^1], 1]));
        var from = KeptValues.Of(x);
        float* w = weight.Pointer<float>(), b = bias.Pointer<float>(), to = y.Pointer<float>(), roots = inverse.Pointer<float>();
        Run(inverse.numel(), size, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var at = to + row * size;
                kernels.Center(from.From((nint)row * size), 1, size, at);
                kernels.RmsNorm(at, w, 1, size, (float)epsilon, at, roots + row);
                AddTo(at, b, size);
            }
        });
        return (y, inverse);
    }

    /// <summary>The gradients of input and weight, where they are asked for.</summary>
    public static (Tensor? Input, Tensor? Weight) LayerNormBackward(
        ElementKernels kernels, (Tensor X, Tensor Weight, Tensor Inverse) kept, Tensor g, bool inputNeeded, bool weightNeeded)
    {
        var size = (int)g.shape[^1];
        g = g.contiguous();
        var centered = empty_like(g);
        var from = KeptValues.Of(kept.X.contiguous());
        float* w = kept.Weight.Pointer<float>(), roots = kept.Inverse.Pointer<float>(), gradient = g.Pointer<float>(), at = centered.Pointer<float>();
        Run(kept.Inverse.numel(), size, (first, end) =>
            kernels.Center(from.From((nint)first * size), (nint)(end - first), size, at + first * size));
        var gw = weightNeeded ? RmsNormWeight(kernels, centered, kept.Inverse, g) : null;
        if (!inputNeeded)
            return (null, gw);
        // Each number is read before one is written in its place.
        Run(kept.Inverse.numel(), size, (first, end) =>
        {
            var rows = (nint)(end - first);
            var place = at + first * size;
            kernels.RmsNormBackward(KeptValues.Of(place), w, roots + first, gradient + first * size, rows, size, place);
            kernels.Center(KeptValues.Of(place), rows, size, place);
        });
        return (centered, gw);
    }

    private static void AddTo(float* y, float* x, int count)
    {
        var one = 1f;
        CpuKernels.Best.AddRowsFloat32(x, 1, count, &one, y);
    }
}
