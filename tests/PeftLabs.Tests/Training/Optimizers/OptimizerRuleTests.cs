using PeftLabs.Training;
using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Tests.Training.Optimizers;

[Collection("Memory")]
public class OptimizerRuleTests
{
    private const int Steps = 6;

    public static TheoryData<OptimizerKind, bool> Plain
    {
        get
        {
            OptimizerKind[] kinds =
                [OptimizerKind.AdamW, OptimizerKind.PagedAdamW, OptimizerKind.Lion, OptimizerKind.Sgd, OptimizerKind.Adafactor];
            return new(kinds.SelectMany(k => new[] { (k, false), (k, true) }));
        }
    }

    [Theory, MemberData(nameof(Plain))]
    public void Every_rule_computes_its_formula(OptimizerKind kind, bool operators)
    {
        var options = OptimizerRun.Options(kind);
        using var run = new OptimizerRun(options, OptimizerRun.Shapes);
        run.Optimizer.ForceOperators = operators;
        var oracles = OptimizerRun.Shapes.Select((s, i) => new RuleOracle(options, s.Shape, run.Values(i))).ToList();
        for (var step = 0; step < Steps; step++)
        {
            run.Steps(step, step + 1);
            for (var i = 0; i < oracles.Count; i++)
                // B of a low-rank update learns LoraPlusRatio times as fast.
                oracles[i].Step(OptimizerRun.Gradient(step, i, run.Parameters[i].Parameter.numel()), i == 1 ? 0.04 : 0.01);
        }
        for (var i = 0; i < oracles.Count; i++)
            Close(oracles[i].Values, run.Values(i), 2e-5);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void Gradient_descent_moves_parameters_as_TorchSharps_own_does(double momentum)
    {
        using var scope = NewDisposeScope();
        var options = new TrainingOptions { Optimizer = OptimizerKind.Sgd, Momentum = momentum, WeightDecay = 0.1 };
        using var run = new OptimizerRun(options, ("p", [50, 3]));
        var theirs = new Parameter(run.Parameters[0].Parameter.detach().clone());
        using var reference = optim.SGD([theirs], 0.05, momentum: momentum, weight_decay: 0.1);
        for (var step = 0; step < Steps; step++)
        {
            run.Steps(step, step + 1, 0.05);
            theirs.grad = tensor(OptimizerRun.Gradient(step, 0, 150)).view(50, 3);
            reference.step();
        }
        Assert.True(run.Parameters[0].Parameter.allclose(theirs, 1e-5, 1e-7));
        Assert.Equal(momentum == 0 ? 0 : 4 * 150, run.Optimizer.StateBytes);
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Kernels_and_operators_agree(OptimizerKind kind)
    {
        using var kernels = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
        using var operators = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
        operators.Optimizer.ForceOperators = true;
        // A value in 8 bits that lies at a midpoint may go either way, and then its step is another.
        var exact = kind is not (OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit);
        kernels.Steps(0, exact ? Steps : 2);
        operators.Steps(0, exact ? Steps : 2);
        for (var i = 0; i < OptimizerRun.Shapes.Length; i++)
            Close([.. operators.Values(i).Select(v => (double)v)], kernels.Values(i), exact ? 2e-5 : 2e-3);
    }

    [Trait("Speed", "Slow")]
    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Kernels_and_operators_agree_across_borders_of_chunks_and_threads(OptimizerKind kind)
    {
        (string, long[])[] shapes = [("tall", [1300, 1000]), ("wide", [9, 150_001]), ("long", [1_100_003])];
        using var kernels = new OptimizerRun(OptimizerRun.Options(kind), shapes).Steps(0, 1);
        using var operators = new OptimizerRun(OptimizerRun.Options(kind), shapes);
        operators.Optimizer.ForceOperators = true;
        operators.Steps(0, 1);
        for (var i = 0; i < shapes.Length; i++)
            Close([.. operators.Values(i).Select(v => (double)v)], kernels.Values(i), 2e-5);
        foreach (var (ours, theirs) in kernels.Optimizer.State().Zip(operators.Optimizer.State()))
        {
            using var scope = NewDisposeScope();
            // Of codes at midpoints a few may differ, by one level.
            if (ours.Tensor.dtype == ScalarType.Byte)
                Assert.True(ours.Tensor.ne(theirs.Tensor).sum().item<long>() < 1e-3 * ours.Tensor.numel(), ours.Name);
            else
                Assert.True(ours.Tensor.allclose(theirs.Tensor, 1e-4, 1e-7), ours.Name);
        }
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void All_instruction_sets_give_the_same_bits(OptimizerKind kind)
    {
        using var portable = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
        portable.Optimizer.Kernels = OptimizerKernels.Available[^1];
        portable.Steps(0, 3);
        foreach (var kernels in OptimizerKernels.Available)
        {
            using var run = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
            run.Optimizer.Kernels = kernels;
            run.Steps(0, 3);
            for (var i = 0; i < OptimizerRun.Shapes.Length; i++)
                Assert.True(portable.Values(i).SequenceEqual(run.Values(i)), $"{kernels.Name}: {OptimizerRun.Shapes[i].Name}");
        }
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Half_precision_parameters_move_in_float32(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(linspace(1, 2, 5000).view(50, 100).to(ScalarType.BFloat16));
        using var optimizer = PeftLabs.Training.Optimizers.Optimizer.Create([("p", parameter)], OptimizerRun.Options(kind));
        for (var step = 0; step < 3; step++)
        {
            parameter.grad = ones_like(parameter);
            optimizer.Step(0.1);
        }
        var moved = parameter.to(ScalarType.Float32);
        Assert.True(moved.isfinite().all().item<bool>());
        Assert.True(moved.mean().item<float>() < 1.5f - 0.02f, $"{moved.mean().item<float>()}");
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Every_kind_goes_down_a_valley(OptimizerKind kind)
    {
        using var run = new OptimizerRun(OptimizerRun.Options(kind) with { WeightDecay = 0, GaLoreRank = 32 }, ("p", [80, 64]), ("q", [7]));
        var losses = new List<float>();
        for (var step = 0; step < 120; step++)
        {
            using var scope = NewDisposeScope();
            var loss = run.Parameters[0].Parameter.sub(1).square().sum() + run.Parameters[1].Parameter.add(1).square().sum();
            loss.backward();
            losses.Add(loss.item<float>());
            run.Optimizer.Step(kind == OptimizerKind.Sgd ? 0.01 : 0.05);
            run.FreeGradients();
        }
        Assert.True(losses[^1] < 0.5 * losses[0], $"{kind}: from {losses[0]} to {losses[^1]}");
    }

    internal static void Close(double[] expected, float[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * Math.Max(0.1, Math.Abs(expected[i])),
                $"value {i}: {found[i]} where {expected[i]} is expected");
    }
}
