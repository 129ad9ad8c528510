using System.Diagnostics;
using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Training.Optimizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>The training loop. A step is its four stages; the meter, where there is one, only listens.</summary>
public sealed partial class Trainer : IDisposable
{
    private readonly CausalLM _model;
    private readonly IReadOnlyList<(string Name, Parameter Parameter)> _named;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly MemoryMeter? _meter;
    private readonly Optimizer _optimizer;
    private LossScaler? _scaler;
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
        RequireFusable(options);
        _optimizer = Optimizer.Create(_named, options);
        _scaler = options.Arithmetic == ArithmeticType.Float16 ? new LossScaler() : null;
        _blockParameters = options.FusedStep ? ParametersByBlock() : [];
        model.Execution = options.Execution;
        // Nothing of a step draws from torch's own numbers, but their state is part of a checkpoint: the same run, the same bytes.
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

    /// <summary>
    /// Takes a step for every <see cref="TrainingOptions.Accumulate"/> batches until the steps are done, the batches end, or it is
    /// cancelled between two steps. Batches left over at the end make a last, smaller step. A trainer that was resumed wants the batches
    /// from <see cref="BatchesSeen"/> on.
    /// </summary>
    /// <exception cref="TrainingException">The loss is not finite, or a parameter gets no gradient.</exception>
    /// <exception cref="InvalidOperationException">Checkpoints are wanted and <see cref="Checkpoints"/> is not set.</exception>
    /// <exception cref="TrainingCheckpointException">A checkpoint cannot be written; the trainer is as it was, and may go on.</exception>
    public IReadOnlyList<StepRecord> Run(
        IEnumerable<TrainingBatch> batches, Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        RequireCheckpoints();
        List<StepRecord> records = [];
        if (_step >= Options.Steps)
            return records;
        _model.train();
        foreach (var group in batches.Chunk(Options.Accumulate))
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                records.Add(Validated(Step(group)));
            }
            finally
            {
                foreach (var batch in group)
                    batch.Dispose();
            }
            progress?.Invoke(records[^1]);
            SaveWhereDue(last: false);
            if (_step == Options.Steps)
                break;
        }
        SaveWhereDue(last: true);
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
        var value = 0.0;
        foreach (var (index, batch) in batches.Index())
        {
            // The step is fused into the last backward: only there are gradients whole.
            if (Options.FusedStep && index == batches.Count - 1)
                BeginFusedStep(rate);
            value += Gradients(batch, index, targets);
        }
        var norm = Options.FusedStep ? EndFusedStep() : OptimizerStep(rate, batches);
        EndStep();
        using var profile = ProfileScope.Operator("step record");
        var record = new StepRecord(_step, value, rate, norm, batches.Sum(b => b.Tokens), Stopwatch.GetElapsedTime(start).TotalSeconds,
            _meter?.CurrentBytes ?? 0, _meter?.PeakBytes ?? 0, ResidentMemory.CurrentBytes);
        return Whole(record with { PaddingTokens = batches.Sum(b => b.PaddingTokens) }, batches.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    // Adds a batch's gradients, each labelled token's divided by the number of them in the whole step.
    private double Gradients(TrainingBatch batch, int index, long targets)
    {
        using var scope = NewDisposeScope();
        // A batch's masks follow from its place in the run, so that a run that was resumed draws the same.
        _model.SetDropoutSeed(new RandomBits(Options.Seed, "dropout")[BatchesSeen + index]);
        using var loss = Forward(batch, targets);
        var value = Finite(loss.item<float>(), batch, index);
        Backward(loss);
        return value;
    }

    private Tensor Forward(TrainingBatch batch, long targets)
    {
        using var stage = Stage(MemoryStage.Forward);
        return CausalLoss.Compute(_model, batch, Options, Math.Max(1, targets));
    }

    private void Backward(Tensor loss)
    {
        using var stage = Stage(MemoryStage.Backward);
        using var scope = NewDisposeScope();
        Propagate(_scaler is null ? loss : loss.mul(_scaler.Scale));
        if (_step == 1 && !Options.FusedStep)
            RequireGradients([.. _parameters.Select(p => p.grad is not null)]);
    }

    private static void Propagate(Tensor loss)
    {
        using var profile = ProfileScope.Autograd();
        loss.backward();
        BackwardScope.Release();
    }

    private double? OptimizerStep(double rate, IReadOnlyList<TrainingBatch> batches)
    {
        using var stage = Stage(MemoryStage.OptimizerStep);
        if (_scaler is { } scaler)
        {
            var finite = scaler.Unscale(_parameters);
            scaler.Count(_step, finite, () => NonFinite.Describe(_model, batches[^1], _named));
            if (!finite)
                return Skip();
        }
        var norm = GradientNorm.Clip(_parameters, Options.MaxGradientNorm);
        if (!double.IsFinite(norm))
            throw NotFinite($"the gradients' norm is {norm}", batches[^1], batches.Count - 1);
        _optimizer.Step(rate);
        GradientNorm.Free(_parameters);
        return norm;
    }

    // Gradients that overflowed move nothing; the scale is smaller from now on.
    private double? Skip()
    {
        GradientNorm.Free(_parameters);
        return null;
    }

    // Without a meter there may be a profiler alone.
    private IDisposable? Stage(MemoryStage stage) => _meter?.Stage(stage) ?? Profiler.Running?.Stage(stage);

    private void EndStep()
    {
        _meter?.EndStep();
        if (_meter is null)
            Profiler.Running?.EndStep();
    }

    private double Finite(double loss, TrainingBatch batch, int index) => double.IsFinite(loss) ? loss : throw NotFinite($"the loss is {loss}", batch, index);

    private TrainingException NotFinite(string what, TrainingBatch batch, int index) => new(_step, string.Create(CultureInfo.InvariantCulture,
        $"{what} in a batch of {batch.Ids.shape[0]} × {batch.Ids.shape[1]} tokens, number {BatchesSeen + index + 1} of the run. ")
        + NonFinite.Describe(_model, batch, _named)
        + string.Create(CultureInfo.InvariantCulture, $" Lower the learning rate (now {Options.LearningRateAt(_step - 1)}), or look at the batch."));

    // The failure that elsewhere trains nothing in silence.
    private void RequireGradients(bool[] received)
    {
        var without = _named.Zip(received).Where(p => !p.Second).Select(p => p.First.Name).ToList();
        if (without.Count > 0)
            throw new TrainingException(_step, $"{without.Count} of {_named.Count} trained parameters got no gradient, the first being "
                + $"'{without[0]}': the loss does not depend on them.");
    }
}
