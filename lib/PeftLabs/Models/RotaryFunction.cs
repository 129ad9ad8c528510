using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Turns each head's pairs of features by its position's angles (RoFormer, arXiv 2104.09864; the pair of feature i is i + d/2),
/// and brings <c>[batch, tokens, heads, d]</c> into <c>[batch, heads, tokens, d]</c>. Backward turns back; nothing else is kept.
/// </summary>
internal sealed class RotaryFunction : autograd.SingleTensorFunction<RotaryFunction>
{
    private static readonly ScopePath s_alone = ScopePath.Of("rotation");

    public override string Name => "Rotary";

    /// <summary>
    /// Turns <paramref name="x"/>; cosines and sines are <c>[tokens, d/2]</c>, or <c>[batch, tokens, d/2]</c> where sequences have
    /// positions of their own. A profile has it at <paramref name="scope"/>.
    /// </summary>
    public static Tensor Apply(Tensor x, Rotation rotation, ScopePath scope) => Apply(x, rotation.Cosines, rotation.Sines, scope);

    /// <summary>The same with the tables themselves.</summary>
    public static Tensor Apply(Tensor x, Tensor cosines, Tensor sines, ScopePath? scope = null)
    {
        scope ??= s_alone;
        using var profile = ProfileScope.Within(scope);
        return ForwardScope.Run(() => apply(x, cosines, sines, scope));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, cosines, sines) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([cosines, sines]);
        ctx.save_data("scope", vars[3]);
        return Turn(x, cosines, sines, -1, headsSecond: false);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var profile = ProfileScope.Called((ScopePath)ctx.get_data("scope"));
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        return scope.Return(ctx, Turn(g, saved[0], saved[1], 1, headsSecond: true), null, null, null);
    }

    // first' = first·cos + sign·second·sin, second' = second·cos − sign·first·sin
    private static Tensor Turn(Tensor x, Tensor cosines, Tensor sines, int sign, bool headsSecond)
    {
        if (ElementWise.KernelsFor(x) is { } kernels)
            return ElementWise.Rotate(kernels, x, cosines, sines, sign, headsSecond);
        var half = x.shape[^1] / 2;
        var (heads, tokens) = headsSecond ? (1, 2) : (2, 1);
        var (cosine, sine) = (cosines.unsqueeze(heads - 4), sines.unsqueeze(heads - 4));
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        var turned = cat([first.mul(cosine).addcmul_(second, sine, sign), second.mul(cosine).addcmul_(first, sine, -sign)], -1);
        return turned.transpose(heads, tokens).contiguous();
    }
}
