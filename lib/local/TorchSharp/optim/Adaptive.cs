using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The arithmetic that Adam and AdamW share.</summary>
internal static class Adaptive
{
    /// <summary>Moves the averages and gives √v̂ + ε; the largest v so far stands for v where it is kept (AMSGrad).</summary>
    public static Tensor Denominator(double beta1, double beta2, double eps, long step, Tensor gradient, Tensor average, Tensor square,
        Tensor largest)
    {
        average.mul_(beta1).add_(gradient, 1 - beta1);
        square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        if (largest is not null) largest.copy_(largest.maximum(square));
        return (largest ?? square).sqrt().div(Math.Sqrt(1 - Math.Pow(beta2, step))).add_(eps);
    }

    public static void Check(double lr, double beta1, double beta2, double eps, double weightDecay)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1 value: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2 value: {beta2}");
        if (eps < 0) throw new ArgumentException($"Invalid epsilon value: {eps}");
        if (weightDecay < 0) throw new ArgumentException($"Invalid weight_decay value: {weightDecay}");
    }
}
