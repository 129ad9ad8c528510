using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>Adafactor's step by tensor operators, some rows at a time.</summary>
internal static class AdafactorOperators
{
    public static void Move(ParameterStep step, double fresh, double epsilon, double decay, Func<double, long, double> clip)
    {
        var matrix = step.State.Length == 2;
        var columns = matrix ? step.State[1].Spec.Elements : 1;
        var factors = matrix ? Factors(step, columns, fresh, epsilon) : default;
        var square = matrix ? null : step.State[0].Read(0, step.Parameter.numel());
        if (square is not null)
            ForEachChunk(step, columns, (_, g, first, count) =>
                Blend(square.narrow(0, first, count), g.view(-1).square().add_(epsilon), fresh));
        var squares = zeros([], device: step.Parameter.device);
        ForEachChunk(step, columns, (_, g, first, count) => squares.add_(Direction(g, first, count).square().sum()));
        var rate = step.Rate / clip(squares.item<float>(), step.Parameter.numel());
        ForEachChunk(step, columns, (part, g, first, count) =>
            ParameterStep.Edit(part, p => p.mul_(1 - decay).add_(Direction(g, first, count), -rate)));

        Tensor Direction(Tensor g, long first, long count) => square is null
            ? g.mul(factors.Columns).mul_(factors.Rows.narrow(0, first, count).unsqueeze(1))
            : g.div(square.narrow(0, first, count).sqrt().unsqueeze(1));
    }

    // 1/√(row / mean row) and 1/√column, after this gradient.
    private static (Tensor Rows, Tensor Columns) Factors(ParameterStep step, long columns, double fresh, double epsilon)
    {
        var rows = step.State[0].Read(0, step.State[0].Spec.Elements);
        var means = step.State[1].Read(0, columns);
        var sums = zeros([columns], device: step.Parameter.device);
        ForEachChunk(step, columns, (_, g, first, count) =>
        {
            var squares = g.square().add_(epsilon);
            Blend(rows.narrow(0, first, count), squares.mean([1]), fresh);
            sums.add_(squares.sum(dim: 0));
        });
        Blend(means, sums.div_(step.State[0].Spec.Elements), fresh);
        return (rows.div(rows.mean()).rsqrt_(), means.rsqrt());
    }

    private static void Blend(Tensor old, Tensor value, double fresh) => old.mul_(1 - fresh).add_(value, fresh);

    // Rows of the parameter and, in float32, of its gradient, both [rows, columns].
    private static void ForEachChunk(ParameterStep step, long columns, Action<Tensor, Tensor, long, long> use)
    {
        var (p, g) = (step.Parameter.view(-1, columns), step.Gradient.view(-1, columns));
        var size = Math.Max(1, Optimizer.ChunkValues / columns);
        for (var first = 0L; first < p.shape[0]; first += size)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(size, p.shape[0] - first);
            use(p.narrow(0, first, count), g.narrow(0, first, count).to(ScalarType.Float32), first, count);
        }
    }
}
