using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Parts what one projection gives, <c>[batch, tokens, width]</c>, into queries, keys and values <c>[batch, heads, tokens, d]</c>, and turns
/// the first features of each query and key head by its position's angles (RoFormer, arXiv 2104.09864), as many as the angles are for.
/// Backward turns back into one gradient; nothing else is kept.
/// </summary>
internal sealed class HeadsFunction : autograd.MultiTensorFunction<HeadsFunction>
{
    public override string Name => "Heads";

    /// <summary>Queries, keys and values; the caller owns them. A profile has it at <paramref name="scope"/>.</summary>
    public static (Tensor Q, Tensor K, Tensor V) Apply(Tensor fused, Rotation rotation, HeadLayout layout, ScopePath scope)
    {
        using var profile = ProfileScope.Within(scope);
        using var disposed = NewDisposeScope();
        var parts = apply(fused, rotation.Cosines, rotation.Sines, layout, scope);
        OutputCache.Free(all: false);
        return (parts[0].MoveToOuterDisposeScope(), parts[1].MoveToOuterDisposeScope(), parts[2].MoveToOuterDisposeScope());
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (fused, cosines, sines, layout) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (HeadLayout)vars[3]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([cosines, sines]);
        ctx.save_data("call", (layout, (ScopePath)vars[4]));
        return ElementWise.KernelsFor(fused) is { } kernels
            ? ElementWise.PartHeads(kernels, fused, (cosines, sines), layout)
            : PartByOperators(fused, cosines, sines, layout);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradients)
    {
        var (layout, place) = ((HeadLayout, ScopePath))ctx.get_data("call");
        using var profile = ProfileScope.Called(place);
        using var scope = BackwardScope.Enter(gradients[0]);
        scope.Attach(gradients[1]);
        scope.Attach(gradients[2]);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var gradient = ElementWise.KernelsFor(gradients[0]) is { } kernels
            ? ElementWise.JoinHeads(kernels, gradients, (saved[0], saved[1]), layout)
            : JoinByOperators(gradients, saved[0], saved[1], layout);
        return scope.Return(ctx, gradient, null, null, null, null);
    }

    private static List<Tensor> PartByOperators(Tensor fused, Tensor cosines, Tensor sines, HeadLayout layout) =>
        [.. layout.Parts.Select((part, index) =>
        {
            var heads = Heads(fused, part, layout.Size).transpose(1, 2);
            return index < 2 ? Turned(heads, cosines, sines, -1) : heads.contiguous();
        })];

    private static Tensor JoinByOperators(List<Tensor> gradients, Tensor cosines, Tensor sines, HeadLayout layout)
    {
        var g = gradients[0];
        var joined = empty([g.shape[0], g.shape[2], layout.Width], dtype: g.dtype, device: g.device);
        foreach (var (index, part) in layout.Parts.Index())
            Heads(joined, part, layout.Size).copy_((index < 2 ? Turned(gradients[index], cosines, sines, 1) : gradients[index]).transpose(1, 2));
        return joined;
    }

    // A view [batch, tokens, heads, d] of [batch, tokens, width].
    private static Tensor Heads(Tensor fused, (int Heads, int First, int Stride) part, int size)
    {
        var (batch, tokens, width) = (fused.shape[0], fused.shape[1], fused.shape[2]);
        return fused.as_strided([batch, tokens, part.Heads, size], [tokens * width, width, part.Stride, 1], fused.storage_offset() + part.First);
    }

    // first' = first·cos + sign·second·sin, second' = second·cos − sign·first·sin, of the turned features alone.
    private static Tensor Turned(Tensor x, Tensor cosines, Tensor sines, int sign)
    {
        var half = cosines.shape[^1];
        var (cosine, sine) = (cosines.unsqueeze(-3), sines.unsqueeze(-3));
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        return cat([first.mul(cosine).addcmul_(second, sine, sign), second.mul(cosine).addcmul_(first, sine, -sign),
            x.narrow(-1, 2 * half, x.shape[^1] - 2 * half)], -1);
    }
}
