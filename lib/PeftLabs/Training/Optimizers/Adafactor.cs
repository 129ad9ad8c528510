using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// Adafactor (arXiv 1804.04235) without momentum and with a learning rate from outside: a matrix's second moment is kept as the means
/// of its rows and columns, whose product stands for it; a vector's is kept whole. Its memory is 1 − t^(−0.8) at step t, and a step
/// whose root mean square is above 1 is scaled down to that.
/// </summary>
internal sealed class Adafactor(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : Optimizer(parameters, options)
{
    private const double Threshold = 1, DecayRate = -0.8, SquareEpsilon = 1e-30;

    private protected override void Move(ParameterStep step)
    {
        var fresh = Math.Pow(Steps, DecayRate);
        var constants = new MoveConstants
        {
            Beta2 = (float)(1 - fresh),
            Fresh2 = (float)fresh,
            Epsilon = (float)SquareEpsilon,
            Keep = (float)(1 - step.Rate * Options.WeightDecay),
        };
        if (!UsesKernels(step))
            AdafactorOperators.Move(step, fresh, SquareEpsilon, step.Rate * Options.WeightDecay, Clip);
        else if (step.State.Length == 1)
            new AdafactorVector(Kernels, step, constants).Move(Clip);
        else
            new AdafactorMatrix(Kernels, step, constants).Move(Clip);
    }

    // What a step with so large a sum of squares is divided by.
    private static double Clip(double squares, long values) => Math.Max(1, Math.Sqrt(squares / values) / Threshold);
}
