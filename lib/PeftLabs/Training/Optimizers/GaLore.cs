using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// GaLore (arXiv 2403.03507): AdamW whose moments are those of the gradient projected onto the r directions in which it is largest,
/// looked for anew every <see cref="TrainingOptions.GaLoreInterval"/> steps. What it projects is the shorter side of a matrix; vectors,
/// and matrices with a side of no more than r, are moved by plain AdamW.
/// </summary>
internal sealed unsafe class GaLore(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : AdamW(parameters, options)
{
    private protected override void Move(ParameterStep step)
    {
        if (step.State.Length == 2)
        {
            base.Move(step);
            return;
        }
        // Tall, [long, short], as a view.
        var tall = step.Parameter.shape[0] >= step.Parameter.shape[1];
        var (p, g) = tall ? (step.Parameter, step.Gradient) : (step.Parameter.t(), step.Gradient.t());
        var projector = step.State[0].Read(0, step.State[0].Spec.Elements).view(step.State[0].Spec.Shape);
        if ((Steps - 1) % Options.GaLoreInterval == 0)
            projector.copy_(GradientSubspace.Find(g, Options.GaLoreRank, $"{step.Name}/{Steps}", Options.Seed));
        var size = Math.Max(1, ChunkValues / Math.Max(Options.GaLoreRank, g.shape[1]));
        for (var first = 0L; first < g.shape[0]; first += size)
            MoveRows(step, first, Math.Min(size, g.shape[0] - first), p, g, projector);
    }

    // p ← p(1 − ηλ) − η/(1 − β₁ᵗ) · scale · (m / (√v/√(1 − β₂ᵗ) + ε)) Qᵀ for some rows, with moments m and v of gQ
    private void MoveRows(ParameterStep step, long first, long count, Tensor p, Tensor g, Tensor projector)
    {
        using var scope = NewDisposeScope();
        var rank = projector.shape[1];
        var low = g.narrow(0, first, count).to(ScalarType.Float32).mm(projector);
        Normalize(step, low.view(-1), first * rank);
        var factor = -step.Rate * Options.GaLoreScale / (1 - Math.Pow(Options.Beta1, Steps));
        var keep = 1 - step.Rate * Options.WeightDecay;
        ParameterStep.Edit(p.narrow(0, first, count), part => part.addmm_(low, projector.t(), (float)keep, (float)factor));
    }

    // Moves the moments by some of the projected gradient, which becomes m / (√v/√(1 − β₂ᵗ) + ε).
    private void Normalize(ParameterStep step, Tensor low, long first)
    {
        var count = low.numel();
        if (ForceOperators || low.device_type != DeviceType.CPU)
        {
            var (mean, square) = (step.State[1].Read(first, count), step.State[2].Read(first, count));
            low.copy_(mean.div(Divisor(Options, Steps, low, mean, square)));
            return;
        }
        var values = (float*)ResidentState.Pointer(low);
        var m = (float*)step.State[1].Host + first;
        var v = (float*)step.State[2].Host + first;
        var constants = Constants(Options, Steps, step.Rate);
        Partition.Run(count, 256, 1, Environment.ProcessorCount, (start, end) =>
            Kernels.Normalize(constants, values + start, m + start, v + start, (nint)(end - start)));
    }
}
