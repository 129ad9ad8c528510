using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Turns each head's pairs of features by its position's angles (RoFormer, arXiv 2104.09864; the pair of feature i is i + d/2),
/// and brings <c>[batch, tokens, heads, d]</c> into <c>[batch, heads, tokens, d]</c>. Backward turns back; nothing else is kept.
/// </summary>
internal sealed class RotaryFunction : autograd.SingleTensorFunction<RotaryFunction>
{
    public override string Name => "Rotary";

    /// <summary>Turns <paramref name="x"/>; cosines and sines are <c>[tokens, d/2]</c>, or <c>[batch, tokens, d/2]</c>.</summary>
    public static Tensor Apply(Tensor x, Rotation rotation)
    {
        return ForwardScope.Run(() => apply(x, rotation.Cosines, rotation.Sines));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, cosines, sines) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([cosines, sines]);
        // [tokens, d/2] fits every head as it is; [batch, tokens, d/2] has its heads before the tokens.
        var shared = cosines.dim() == 2;
        return Turn(x.transpose(1, 2), shared ? cosines : cosines.unsqueeze(1), shared ? sines : sines.unsqueeze(1), -1);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        using var scope = BackwardScope.Enter(g);
        using var _ = no_grad();
        var saved = ctx.get_saved_variables();
        var turned = Turn(g.transpose(1, 2), saved[0].unsqueeze(-2), saved[1].unsqueeze(-2), 1);
        return scope.Return(ctx, turned, null, null);
    }

    // first' = first·cos + sign·second·sin, second' = second·cos − sign·first·sin
    private static Tensor Turn(Tensor x, Tensor cosines, Tensor sines, double sign)
    {
        var half = x.shape[^1] / 2;
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        return cat([first.mul(cosines).addcmul_(second, sines, sign), second.mul(cosines).addcmul_(first, sines, -sign)], -1);
    }
}
