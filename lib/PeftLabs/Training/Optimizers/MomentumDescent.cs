using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum by PyTorch's formula, in which the weights' decay is part of the gradient. Without
/// momentum it has no state.
/// </summary>
internal sealed unsafe class MomentumDescent(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : ElementwiseOptimizer(parameters, options)
{
    // b ← μb + (g + λp);  p ← p − ηb
    private protected override MoveConstants Constants(double rate) =>
        new() { Beta1 = (float)Options.Momentum, Decay = (float)Options.WeightDecay, Step = (float)-rate };

    private protected override void Move(in MoveConstants constants, float* p, float* g, byte*[] state, nint count) =>
        Kernels.Descend(constants, p, g, state.Length == 0 ? null : (float*)state[0], count);

    private protected override void Move(double rate, Tensor p, Tensor g, Tensor[] state)
    {
        var direction = Options.WeightDecay == 0 ? g : g.add(p, Options.WeightDecay);
        p.add_(state.Length == 0 ? direction : state[0].mul_(Options.Momentum).add_(direction), -rate);
    }
}
