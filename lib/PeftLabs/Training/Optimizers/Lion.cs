using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>Lion (arXiv 2302.06675): steps of the sign, with one float32 number of state a value.</summary>
internal sealed unsafe class Lion(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : ElementwiseOptimizer(parameters, options)
{
    // p ← p(1 − ηλ) − η · sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g
    private protected override MoveConstants Constants(double rate) => new()
    {
        Beta1 = (float)Options.Beta1,
        Fresh1 = (float)(1 - Options.Beta1),
        Beta2 = (float)Options.Beta2,
        Fresh2 = (float)(1 - Options.Beta2),
        Keep = (float)(1 - rate * Options.WeightDecay),
        Step = (float)-rate,
    };

    private protected override void Move(in MoveConstants constants, float* p, float* g, byte*[] state, nint count) =>
        Kernels.Lion(constants, p, g, (float*)state[0], count);

    private protected override void Move(double rate, Tensor p, Tensor g, Tensor[] state)
    {
        var direction = state[0].mul(Options.Beta1).add_(g, 1 - Options.Beta1).sign_();
        if (Options.WeightDecay != 0)
            p.mul_(1 - rate * Options.WeightDecay);
        p.add_(direction, -rate);
        state[0].mul_(Options.Beta2).add_(g, 1 - Options.Beta2);
    }
}
