using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>AdamW (arXiv 1711.05101), step for step what PyTorch computes, with two float32 numbers of state a value.</summary>
internal unsafe class AdamW(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : ElementwiseOptimizer(parameters, options)
{
    /// <summary>m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← p(1 − ηλ) − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)</summary>
    public static MoveConstants Constants(TrainingOptions options, long steps, double rate)
    {
        var (correction1, correction2) = (1 - Math.Pow(options.Beta1, steps), 1 - Math.Pow(options.Beta2, steps));
        return new()
        {
            Beta1 = (float)options.Beta1,
            Fresh1 = (float)(1 - options.Beta1),
            Beta2 = (float)options.Beta2,
            Fresh2 = (float)(1 - options.Beta2),
            Root = (float)(1 / Math.Sqrt(correction2)),
            Epsilon = (float)options.Epsilon,
            Keep = (float)(1 - rate * options.WeightDecay),
            Step = (float)(-rate / correction1),
        };
    }

    /// <summary>The same formula of tensors, in place.</summary>
    public static void Move(TrainingOptions options, long steps, double rate, Tensor p, Tensor g, Tensor m, Tensor v)
    {
        var correction1 = 1 - Math.Pow(options.Beta1, steps);
        var divisor = Divisor(options, steps, g, m, v);
        if (options.WeightDecay != 0)
            p.mul_(1 - rate * options.WeightDecay);
        p.addcdiv_(m, divisor, -rate / correction1);
    }

    /// <summary>Moves both moments; gives √v/√(1 − β₂ᵗ) + ε.</summary>
    public static Tensor Divisor(TrainingOptions options, long steps, Tensor g, Tensor m, Tensor v)
    {
        m.mul_(options.Beta1).add_(g, 1 - options.Beta1);
        v.mul_(options.Beta2).addcmul_(g, g, 1 - options.Beta2);
        return v.sqrt().div_(Math.Sqrt(1 - Math.Pow(options.Beta2, steps))).add_(options.Epsilon);
    }

    private protected override MoveConstants Constants(double rate) => Constants(Options, Steps, rate);

    private protected override void Move(in MoveConstants constants, float* p, float* g, byte*[] state, nint count) =>
        Kernels.AdamW(constants, p, g, (float*)state[0], (float*)state[1], count);

    private protected override void Move(double rate, Tensor p, Tensor g, Tensor[] state) =>
        Move(Options, Steps, rate, p, g, state[0], state[1]);
}
