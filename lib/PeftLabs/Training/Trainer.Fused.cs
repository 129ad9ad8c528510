using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

// The optimizer's step taken within backward: a block's parameters move as soon as their gradients are there, which are freed at once.
public sealed partial class Trainer
{
    private readonly int[][] _blockParameters;
    private bool[] _received = [];
    private double _rate;

    private static void RequireFusable(TrainingOptions options)
    {
        if (options.FusedStep && double.IsFinite(options.MaxGradientNorm))
            throw new ArgumentException($"FusedStep frees gradients before their common norm is known: MaxGradientNorm is "
                + $"{options.MaxGradientNorm}; it must be infinity.", nameof(options));
        if (options.FusedStep && options.Arithmetic == ArithmeticType.Float16)
            throw new ArgumentException("FusedStep moves parameters before it is known whether a gradient overflowed; Arithmetic is Float16, "
                + "which needs that: use BFloat16 or Float32.", nameof(options));
    }

    private void BeginFusedStep(double rate)
    {
        (_rate, _received) = (rate, new bool[_parameters.Count]);
        _optimizer.BeginStep();
        _model.BlockDone = block =>
        {
            foreach (var index in _blockParameters[block.Index])
                Take(index);
        };
    }

    // What belongs to no block, or to one that backward does not announce, moves at the end.
    private double? EndFusedStep()
    {
        using var stage = Stage(MemoryStage.OptimizerStep);
        _model.BlockDone = null;
        for (var index = 0; index < _parameters.Count; index++)
            Take(index);
        if (_step == 1)
            RequireGradients(_received);
        return null;
    }

    private void Take(int index)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (_parameters[index].grad is null)
            return;
        _optimizer.Update(index, _rate);
        _parameters[index].grad = null;
        _received[index] = true;
    }

    private int[][] ParametersByBlock()
    {
        var indices = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        foreach (var (index, parameter) in _parameters.Index())
            indices.Add(parameter, index);
        return [.. _model.Blocks.Select(b => ParametersOf(b).Where(indices.ContainsKey).Select(p => indices[p]).ToArray())];
    }

    private static IEnumerable<Parameter> ParametersOf(DecoderBlock block)
    {
        foreach (var (_, parameter) in block.Norms.SelectMany(n => n.NamedParameters))
            yield return parameter;
        foreach (var projection in block.Projections)
        {
            if (projection.Weight is DenseWeight dense)
                yield return dense.Parameter;
            if (projection.Bias is { } bias)
                yield return bias;
            if (projection.Update is not { } update)
                continue;
            yield return update.A;
            yield return update.B;
        }
    }
}
