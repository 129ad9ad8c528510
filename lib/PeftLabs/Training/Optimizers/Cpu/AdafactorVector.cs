using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>Adafactor's step of a parameter whose second moment is kept whole, in two passes over the gradient.</summary>
internal sealed unsafe class AdafactorVector(OptimizerKernels kernels, ParameterStep step, MoveConstants constants)
{
    // Sums are those of parts of this many values, whatever the number of threads.
    private const long Part = 1 << 14;

    public void Move(Func<double, long, double> clip)
    {
        var values = step.Parameter.numel();
        var p = (float*)ResidentState.Pointer(step.Parameter);
        var g = (float*)ResidentState.Pointer(step.Gradient);
        var v = (float*)step.State[0].Host;
        var squares = new double[(values + Part - 1) / Part];
        ForEachPart(values, (part, first, count) => squares[part] = kernels.SquareMoment(constants, g + first, v + first, count));
        var moved = constants with { Step = (float)(-step.Rate / clip(squares.Sum(), values)) };
        ForEachPart(values, (_, first, count) => kernels.MoveBySquare(moved, p + first, g + first, v + first, count));
    }

    private static void ForEachPart(long values, Action<long, long, nint> use) =>
        Partition.Run((values + Part - 1) / Part, 1, Part, Environment.ProcessorCount, (start, end) =>
        {
            for (var part = start; part < end; part++)
                use(part, part * Part, (nint)Math.Min(Part, values - part * Part));
        });
}
