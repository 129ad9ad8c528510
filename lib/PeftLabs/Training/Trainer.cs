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
        random.manual_seed((long)options.Seed);
        // Whatever was loaded is there now; what is made from here on belongs to no stage until the first step.
        meter?.EndStep();
    }

    /// <summary>How it trains.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Numbers that are trained.</summary>
    public long TrainedParameters => _parameters.Sum(p => p.numel());

    /// <summary>Bytes of optimizer state.</summary>
    public long OptimizerStateBytes => _optimizer.StateBytes;

    /// <summary>Takes a step a batch until the steps are done, the batches end, or it is cancelled between two steps.</summary>
    /// <exception cref="TrainingException">The loss is not finite, or a parameter gets no gradient.</exception>
    public IReadOnlyList<StepRecord> Run(
        IEnumerable<TrainingBatch> batches, Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        List<StepRecord> records = [];
        _model.train();
        foreach (var batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using (batch)
                records.Add(Step(batch));
            progress?.Invoke(records[^1]);
            if (_step == Options.Steps)
                break;
        }
        return records;
    }

    /// <summary>One step.</summary>
    public StepRecord Step(TrainingBatch batch)
    {
        var start = Stopwatch.GetTimestamp();
        var rate = Options.LearningRateAt(_step++);
        using var scope = NewDisposeScope();
        using var loss = Forward(batch);
        var value = Finite(loss.item<float>());
        Backward(loss);
        var norm = OptimizerStep(rate);
        _meter?.EndStep();
        return new StepRecord(_step, value, rate, norm, batch.Tokens, Stopwatch.GetElapsedTime(start).TotalSeconds,
            _meter?.CurrentBytes ?? 0, _meter?.PeakBytes ?? 0, ResidentMemory.CurrentBytes)
        { PaddingTokens = batch.PaddingTokens };
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private Tensor Forward(TrainingBatch batch)
    {
        using var stage = _meter?.Stage(MemoryStage.Forward);
        return CausalLoss.Compute(_model, batch);
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
