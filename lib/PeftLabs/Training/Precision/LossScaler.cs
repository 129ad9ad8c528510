using System.Numerics;
using PeftLabs.Memory.Profiling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// Dynamic loss scaling (arXiv 1710.03740, section 4.1): the loss is multiplied by a power of two, so that small gradients do not vanish
/// in float16. Gradients that overflow halve the scale and skip the step; a long run of good steps doubles it.
/// </summary>
public sealed class LossScaler
{
    /// <summary>The scale of a run's first step.</summary>
    public const double InitialScale = 65536;

    /// <summary>Good steps one after the other that double the scale.</summary>
    public const int GrowthSteps = 2000;

    /// <summary>Steps that are looked back on.</summary>
    public const int Window = 40;

    /// <summary>Skipped steps among the last <see cref="Window"/> that a run may have; with one more it stops.</summary>
    public const int MostSkips = 20;

    private const ulong WindowBits = (1UL << Window) - 1;

    /// <summary>A scaler at the beginning of a run, or where a run stopped.</summary>
    public LossScaler(LossScalerState? state = null)
    {
        (Scale, GoodSteps, Skipped) = state is null ? (InitialScale, 0, 0) : (state.Scale, state.GoodSteps, state.Skipped);
    }

    /// <summary>What the loss is multiplied by.</summary>
    public double Scale { get; private set; }

    /// <summary>Good steps since the scale last changed.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>Skipped steps among the last <see cref="Window"/>.</summary>
    public int RecentSkips => BitOperations.PopCount(Skipped);

    /// <summary>All that a resumed run needs.</summary>
    public LossScalerState State => new(Scale, GoodSteps, Skipped);

    private ulong Skipped { get; set; }

    /// <summary>Divides gradients by the scale, in place, and says whether all of them are finite.</summary>
    public bool Unscale(IReadOnlyList<Parameter> parameters)
    {
        using var profile = ProfileScope.Operator("loss scaling");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var gradients = parameters.Select(p => p.grad).OfType<Tensor>().ToList();
        foreach (var gradient in gradients)
            gradient.mul_(1 / Scale);
        return gradients.Count == 0 || stack(gradients.Select(g => g.norm())).isfinite().all().item<bool>();
    }

    /// <summary>Counts a step, and sets the scale of the next one.</summary>
    /// <param name="step">The step, the first being 1.</param>
    /// <param name="finite">Whether its gradients were finite; if not, the step is to be skipped.</param>
    /// <param name="describe">Says where they were not, asked only when the run stops.</param>
    /// <exception cref="TrainingException">
    /// More than <see cref="MostSkips"/> of the last <see cref="Window"/> steps were skipped, or the scale fell below 1: gradients overflow
    /// without being scaled.
    /// </exception>
    public void Count(int step, bool finite, Func<string> describe)
    {
        Skipped = (Skipped << 1 | (finite ? 0UL : 1)) & WindowBits;
        if (finite)
        {
            if (++GoodSteps == GrowthSteps)
                (Scale, GoodSteps) = (2 * Scale, 0);
            return;
        }
        (Scale, GoodSteps) = (Scale / 2, 0);
        if (Scale < 1)
            throw new TrainingException(step, $"gradients overflow even where the loss is not scaled up. {describe()}");
        if (RecentSkips > MostSkips)
            throw new TrainingException(step, $"{RecentSkips} of the last {Window} steps were skipped since gradients overflowed; "
                + $"the loss scale is down to {Scale}. {describe()}");
    }
}
