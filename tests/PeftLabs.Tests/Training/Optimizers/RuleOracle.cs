using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Optimizers;

/// <summary>The rules as their papers and PyTorch have them, in double, one value or one matrix after the other.</summary>
internal sealed class RuleOracle(TrainingOptions options, long[] shape, float[] start)
{
    private readonly double[] _first = new double[start.Length], _second = new double[start.Length];
    private readonly double[] _rows = new double[shape[0]], _columns = new double[start.Length / shape[0]];
    private int _steps;

    public double[] Values { get; } = [.. start.Select(v => (double)v)];

    public void Step(float[] gradient, double rate)
    {
        _steps++;
        switch (options.Optimizer)
        {
            case OptimizerKind.AdamW or OptimizerKind.PagedAdamW:
                AdamW(gradient, rate);
                break;
            case OptimizerKind.Lion:
                Lion(gradient, rate);
                break;
            case OptimizerKind.Sgd:
                Momentum(gradient, rate);
                break;
            case OptimizerKind.Adafactor:
                Adafactor(gradient, rate);
                break;
            default:
                throw new NotSupportedException();
        }
    }

    private void AdamW(float[] g, double rate)
    {
        for (var i = 0; i < g.Length; i++)
        {
            _first[i] = options.Beta1 * _first[i] + (1 - options.Beta1) * g[i];
            _second[i] = options.Beta2 * _second[i] + (1 - options.Beta2) * g[i] * g[i];
            var mean = _first[i] / (1 - Math.Pow(options.Beta1, _steps));
            var square = _second[i] / (1 - Math.Pow(options.Beta2, _steps));
            Values[i] -= rate * options.WeightDecay * Values[i];
            Values[i] -= rate * mean / (Math.Sqrt(square) + options.Epsilon);
        }
    }

    private void Lion(float[] g, double rate)
    {
        for (var i = 0; i < g.Length; i++)
        {
            var direction = Math.Sign(options.Beta1 * _first[i] + (1 - options.Beta1) * g[i]);
            Values[i] -= rate * (direction + options.WeightDecay * Values[i]);
            _first[i] = options.Beta2 * _first[i] + (1 - options.Beta2) * g[i];
        }
    }

    private void Momentum(float[] g, double rate)
    {
        for (var i = 0; i < g.Length; i++)
        {
            _first[i] = options.Momentum * _first[i] + g[i] + options.WeightDecay * Values[i];
            Values[i] -= rate * _first[i];
        }
    }

    private void Adafactor(float[] g, double rate)
    {
        var memory = 1 - Math.Pow(_steps, -0.8);
        var direction = shape.Length == 1 ? Whole(g, memory) : Factored(g, memory);
        var clip = Math.Max(1, Math.Sqrt(direction.Average(d => d * d)));
        for (var i = 0; i < g.Length; i++)
            Values[i] -= rate * (direction[i] / clip + options.WeightDecay * Values[i]);
    }

    private double[] Whole(float[] g, double memory) => [.. g.Select((v, i) =>
        v / Math.Sqrt(_second[i] = memory * _second[i] + (1 - memory) * ((double)v * v + 1e-30)))];

    private double[] Factored(float[] g, double memory)
    {
        var width = _columns.Length;
        for (var row = 0; row < _rows.Length; row++)
            _rows[row] = memory * _rows[row] + (1 - memory) * Enumerable.Range(0, width).Average(c => Square(g[row * width + c]));
        for (var column = 0; column < width; column++)
            _columns[column] = memory * _columns[column]
                + (1 - memory) * Enumerable.Range(0, _rows.Length).Average(r => Square(g[r * width + column]));
        var mean = _rows.Average();
        return [.. g.Select((v, i) => v / Math.Sqrt(_rows[i / width] / mean) / Math.Sqrt(_columns[i % width]))];
    }

    private static double Square(float value) => (double)value * value + 1e-30;
}
