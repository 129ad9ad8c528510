using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Cpu;

// Between one projection's rows and the heads that attention takes.
internal static unsafe partial class ElementWise
{
    /// <summary>Queries, keys and values <c>[batch, heads, tokens, d]</c> of rows <c>[batch, tokens, width]</c>, queries and keys turned.</summary>
    public static List<Tensor> PartHeads(ElementKernels kernels, Tensor fused, (Tensor Cosines, Tensor Sines) angles, HeadLayout layout)
    {
        fused = fused.contiguous();
        var (batch, tokens) = (fused.shape[0], fused.shape[1]);
        List<Tensor> parts = [.. layout.Parts.Select(p => empty(batch, p.Heads, tokens, layout.Size))];
        MoveHeads(kernels, fused, parts, angles, layout, -1);
        return parts;
    }

    /// <summary>The gradient of such rows from those of queries, keys and values, which are turned back.</summary>
    public static Tensor JoinHeads(
        ElementKernels kernels, List<Tensor> gradients, (Tensor Cosines, Tensor Sines) angles, HeadLayout layout)
    {
        List<Tensor> parts = [.. gradients.Select(g => g.contiguous())];
        var joined = empty(parts[0].shape[0], parts[0].shape[2], layout.Width);
        MoveHeads(kernels, joined, parts, angles, layout, 1);
        return joined;
    }

    // From rows to heads for sign −1, and back for 1.
    private static void MoveHeads(
        ElementKernels kernels, Tensor rows, List<Tensor> parts, (Tensor Cosines, Tensor Sines) angles, HeadLayout layout, int sign)
    {
        var (batch, tokens, size, half) = (rows.shape[0], rows.shape[1], layout.Size, (nint)angles.Cosines.shape[^1]);
        var tables = angles.Cosines.dim() == 3 ? tokens * half : 0;
        var (row, width) = ((nint)rows.Pointer<float>(), layout.Width);
        var (cosines, sines) = (angles.Cosines.contiguous(), angles.Sines.contiguous());
        var (c, s) = half == 0 ? (0, 0) : ((nint)cosines.Pointer<float>(), (nint)sines.Pointer<float>());
        foreach (var (index, (heads, first, stride)) in layout.Parts.Index())
        {
            var at = (nint)parts[index].Pointer<float>();
            var turned = index < 2 ? half : 0;
            Run(batch * tokens, heads * size, (begin, end) =>
            {
                for (var i = begin; i < end; i++)
                {
                    var (sequence, token) = (i / tokens, i % tokens);
                    float* inRow = (float*)row + i * width + first, inHead = (float*)at + (sequence * heads * tokens + token) * size;
                    var angle = sequence * tables + token * turned;
                    var (near, far) = ((nint)stride, (nint)(tokens * size));
                    float* from = sign < 0 ? inRow : inHead, to = sign < 0 ? inHead : inRow;
                    var (step, newStep) = sign < 0 ? (near, far) : (far, near);
                    if (turned > 0)
                        kernels.Rotate(from, step, (float*)c + angle, (float*)s + angle, sign, heads, turned, to, newStep);
                    // The features that are not turned.
                    var rest = size - 2 * (int)turned;
                    for (nint head = 0; head < heads && rest > 0; head++)
                        new Span<float>(from + head * step + 2 * turned, rest).CopyTo(new(to + head * newStep + 2 * turned, rest));
                }
            });
        }
    }
}
