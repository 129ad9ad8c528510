using PeftLabs.Quantization.Cpu;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>
/// Adafactor's step of a matrix, in three passes over the gradient: sums of squares by row and column, the length of the step, the step.
/// </summary>
internal sealed unsafe class AdafactorMatrix(OptimizerKernels kernels, ParameterStep step, MoveConstants constants)
{
    // Columns are summed over at most so many parts of the rows, each into sums of its own, and those then in order: the result does
    // not depend on the number of threads.
    private const long MostParts = 64;

    private readonly long _rows = step.State[0].Spec.Elements, _columns = step.State[1].Spec.Elements;
    private readonly float* _g = (float*)ResidentState.Pointer(step.Gradient);
    private readonly float* _rowMoment = (float*)step.State[0].Host, _columnMoment = (float*)step.State[1].Host;

    public void Move(Func<double, long, double> clip)
    {
        UpdateMoments();
        var (rowFactors, columnFactors) = (RowFactors(), empty([_columns]));
        var c = (float*)ResidentState.Pointer(columnFactors);
        for (var i = 0L; i < _columns; i++)
            c[i] = 1 / MathF.Sqrt(_columnMoment[i]);
        var rate = -step.Rate / clip(Squares(rowFactors, c), step.Parameter.numel());
        var p = (float*)ResidentState.Pointer(step.Parameter);
        ForEachRow(row => kernels.MoveScaled(
            constants with { Step = (float)(rate * rowFactors[row]) }, p + row * _columns, _g + row * _columns, c, (nint)_columns));
    }

    private void UpdateMoments()
    {
        var parts = Math.Min(Math.Clamp(Optimizer.ChunkValues / _columns, 1, MostParts), _rows);
        var sums = (float*)ResidentState.Pointer(zeros([parts, _columns]));
        Partition.Run(parts, 1, _rows * _columns / parts, Environment.ProcessorCount, (start, end) =>
        {
            for (var part = start; part < end; part++)
                for (var row = _rows * part / parts; row < _rows * (part + 1) / parts; row++)
                    Blend(_rowMoment + row, kernels.AddSquares(
                        constants.Epsilon, _g + row * _columns, sums + part * _columns, (nint)_columns) / _columns);
        });
        for (var column = 0L; column < _columns; column++)
        {
            var sum = 0.0;
            for (var part = 0L; part < parts; part++)
                sum += sums[part * _columns + column];
            Blend(_columnMoment + column, sum / _rows);
        }
    }

    private void Blend(float* moment, double mean) => *moment = (float)(constants.Beta2 * (double)*moment + constants.Fresh2 * mean);

    // 1/√(row / mean row)
    private double[] RowFactors()
    {
        var factors = new double[_rows];
        var mean = 0.0;
        for (var row = 0L; row < _rows; row++)
            mean += (factors[row] = _rowMoment[row]) / _rows;
        for (var row = 0L; row < _rows; row++)
            factors[row] = 1 / Math.Sqrt(factors[row] / mean);
        return factors;
    }

    private double Squares(double[] rowFactors, float* c)
    {
        var squares = new double[_rows];
        ForEachRow(row => squares[row] = rowFactors[row] * rowFactors[row] * kernels.SumSquares(_g + row * _columns, c, (nint)_columns));
        return squares.Sum();
    }

    private void ForEachRow(Action<long> use) => Partition.Run(_rows, 1, _columns, Environment.ProcessorCount, (start, end) =>
    {
        for (var row = start; row < end; row++)
            use(row);
    });
}
