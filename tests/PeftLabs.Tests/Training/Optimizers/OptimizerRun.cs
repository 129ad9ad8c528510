using PeftLabs.Quantization;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Tests.Training.Optimizers;

/// <summary>An optimizer, parameters of its own, and gradients that depend on nothing but the step and the parameter's place.</summary>
internal sealed class OptimizerRun : IDisposable
{
    /// <summary>Two that 8-bit state is made for, one with blocks that it does not fill, and small ones.</summary>
    public static readonly (string Name, long[] Shape)[] Shapes =
    [
        ("a.lora_A.weight", [70, 64]), ("a.lora_B.weight", [90, 70]), ("norm.weight", [33]), ("wide.weight", [5, 1111]),
        ("tiny.weight", [3, 2]),
    ];

    public OptimizerRun(TrainingOptions options, params (string Name, long[] Shape)[] shapes)
    {
        Parameters = [.. shapes.Select((s, i) => (s.Name, New(s.Shape, i)))];
        Optimizer = Optimizer.Create(Parameters, options);
    }

    public (string Name, Parameter Parameter)[] Parameters { get; }

    public Optimizer Optimizer { get; }

    public static TheoryData<OptimizerKind> Kinds => new(Enum.GetValues<OptimizerKind>());

    /// <summary>Options in which nothing is at its default that a rule could forget.</summary>
    public static TrainingOptions Options(OptimizerKind kind) => new()
    {
        Optimizer = kind,
        WeightDecay = 0.1,
        Beta1 = 0.85,
        Beta2 = 0.98,
        Epsilon = 1e-7,
        Momentum = 0.8,
        GaLoreRank = 4,
        GaLoreInterval = 2,
        GaLoreScale = 0.5,
        LoraPlusRatio = 4,
        PagedBudgetBytes = 30_000,
    };

    public static float[] Gradient(int step, int index, long count)
    {
        var random = new Random(1000 * index + step);
        var scale = Math.Pow(10, -index);
        return [.. Enumerable.Range(0, (int)count).Select(_ => (float)(scale * Normal(random) * (random.Next(10) == 0 ? 0.001 : 1)))];
    }

    public float[] Values(int index) => Parameters[index].Parameter.Span<float>().ToArray();

    public void SetGradients(int step)
    {
        for (var i = 0; i < Parameters.Length; i++)
        {
            var parameter = Parameters[i].Parameter;
            parameter.grad = tensor(Gradient(step, i, parameter.numel())).view(parameter.shape);
        }
    }

    public void FreeGradients()
    {
        foreach (var (_, parameter) in Parameters)
            parameter.grad = null;
    }

    /// <summary>Steps from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public OptimizerRun Steps(int first, int end, double rate = 0.01)
    {
        for (var step = first; step < end; step++)
        {
            using var scope = NewDisposeScope();
            SetGradients(step);
            Optimizer.Step(rate);
            FreeGradients();
        }
        return this;
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (var (_, parameter) in Parameters)
            parameter.Dispose();
    }

    private static Parameter New(long[] shape, int index)
    {
        using var scope = NewDisposeScope();
        var values = Gradient(-1, 0, shape.Aggregate(1L, (a, b) => a * b));
        return new Parameter(tensor(values).view(shape).mul_(index + 1)).DetachFromDisposeScope() as Parameter
            ?? throw new InvalidOperationException("Detaching gives another object.");
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
