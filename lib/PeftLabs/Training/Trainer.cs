using System.Diagnostics;
using PeftLabs.Memory;
using PeftLabs.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>The training loop. A step is its four stages; the meter, where there is one, only listens.</summary>
public sealed class Trainer : IDisposable
{
    private readonly CausalLM _model;
    private readonly IReadOnlyList<(string Name, Parameter Parameter)> _named;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly MemoryMeter? _meter;
    private readonly AdamW _optimizer;
    private int _step;

    /// <summary>Trains the parameters of a model, or of an adapter on it.</summary>
    /// <exception cref="ArgumentException">Nothing is to be trained.</exception>
    public Trainer(CausalLM model, IEnumerable<(string Name, Parameter Parameter)> parameters, TrainingOptions options, MemoryMeter? meter = null)
    {
        (_model, Options, _meter) = (model, options, meter);
        _named = [.. parameters.Where(p => p.Parameter.requires_grad)];
        _parameters = [.. _named.Select(p => p.Parameter)];
        if (_parameters.Count == 0)
            throw new ArgumentException("No parameter is to be trained: make the model trainable, or attach an adapter.", nameof(parameters));
        _optimizer = new AdamW(_parameters, options);
        model.Execution = options.Execution;
        // Whatever was loaded is there now; what is made from here on belongs to no stage until the first step.
        meter?.EndStep();
    }

    /// <summary>How it trains.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Numbers that are trained.</summary>
    public long TrainedParameters => _parameters.Sum(p => p.numel());

    /// <summary>Bytes of optimizer state.</summary>
    public long OptimizerStateBytes => _optimizer.StateBytes;

    /// <summary>
    /// Takes a step for every <see cref="TrainingOptions.Accumulate"/> batches until the steps are done, the batches end, or it is
    /// cancelled between two steps. Batches left over at the end make a last, smaller step.
    /// </summary>
    /// <exception cref="TrainingException">The loss is not finite, or a parameter gets no gradient.</exception>
    public IReadOnlyList<StepRecord> Run(
        IEnumerable<TrainingBatch> batches, Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        List<StepRecord> records = [];
        _model.train();
        foreach (var group in batches.Chunk(Options.Accumulate))
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                records.Add(Step(group));
            }
            finally
            {
                foreach (var batch in group)
                    batch.Dispose();
            }
            progress?.Invoke(records[^1]);
            if (_step == Options.Steps)
                break;
        }
        return records;
    }

    /// <summary>
    /// One step over one or several batches: the gradients are those of all of them as one batch, in which each labelled token counts
    /// the same.
    /// </summary>
    /// <exception cref="ArgumentException">There is no batch.</exception>
    public StepRecord Step(params IReadOnlyList<TrainingBatch> batches)
    {
        var start = Stopwatch.GetTimestamp();
        var targets = batches.Sum(CausalLoss.CountTargets);
        if (batches.Count == 0)
            throw new ArgumentException("A step needs a batch.", nameof(batches));
        var rate = Options.LearningRateAt(_step++);
        _model.ForgetActivations();
        using var scope = NewDisposeScope();
        var value = batches.Index().Sum(b => Gradients(b.Item, b.Index, targets));
        var norm = OptimizerStep(rate);
        _meter?.EndStep();
        return new StepRecord(_step, value, rate, norm, batches.Sum(b => b.Tokens), Stopwatch.GetElapsedTime(start).TotalSeconds,
            _meter?.CurrentBytes ?? 0, _meter?.PeakBytes ?? 0, ResidentMemory.CurrentBytes)
        { PaddingTokens = batches.Sum(b => b.PaddingTokens) };
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    // Adds a batch's gradients, each labelled token's divided by the number of them in the whole step.
    private double Gradients(TrainingBatch batch, int index, long targets)
    {
        // A block computed again drops what it dropped; another batch, or the same one in another step, does not.
        _model.SetDropoutSeed(new RandomBits(Options.Seed, "dropout")[((long)_step << 32) + index]);
        using var scope = NewDisposeScope();
        using var loss = Forward(batch, targets);
        var value = Finite(loss.item<float>());
        Backward(loss);
        return value;
    }

    private Tensor Forward(TrainingBatch batch, long targets)
    {
        using var stage = _meter?.Stage(MemoryStage.Forward);
        return CausalLoss.Compute(_model, batch, Options, Math.Max(1, targets));
    }

    private void Backward(Tensor loss)
    {
        using var stage = _meter?.Stage(MemoryStage.Backward);
        using var scope = NewDisposeScope();
        loss.backward();
        BackwardScope.Release();
        if (_step == 1)
            RequireGradients();
    }

    private double OptimizerStep(double rate)
    {
        using var stage = _meter?.Stage(MemoryStage.OptimizerStep);
        var norm = GradientNorm.Clip(_parameters, Options.MaxGradientNorm);
        _optimizer.Step(rate);
        GradientNorm.Free(_parameters);
        return norm;
    }

    private double Finite(double loss) => double.IsFinite(loss)
        ? loss
        : throw new TrainingException(_step, $"the loss is {loss}; lower the learning rate (now {Options.LearningRateAt(_step - 1)}) or look at the batch.");

    // The failure that elsewhere trains nothing in silence.
    private void RequireGradients()
    {
        var without = _named.Where(p => p.Parameter.grad is null).Select(p => p.Name).ToList();
        if (without.Count > 0)
            throw new TrainingException(_step, $"{without.Count} of {_named.Count} trained parameters got no gradient, the first being "
                + $"'{without[0]}': the loss does not depend on them.");
    }
}
