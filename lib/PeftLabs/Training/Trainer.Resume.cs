using PeftLabs.Training.Optimizers;
using TorchSharp.Modules;

namespace PeftLabs.Training;

// What a checkpoint must know of a trainer, and how one is put back where another was.
public sealed partial class Trainer
{
    private readonly List<StepRecord> _records = [];
    private int _wholeSteps;

    /// <summary>Steps taken, those before it was resumed among them.</summary>
    public int StepsTaken => _step;

    /// <summary>Batches used up, those before it was resumed among them: where in the data the next step begins.</summary>
    public long BatchesSeen { get; private set; }

    /// <summary>Every step so far, those before it was resumed among them.</summary>
    public IReadOnlyList<StepRecord> Records => _records;

    /// <summary>Where <see cref="Run"/> leaves a checkpoint every <see cref="TrainingOptions.CheckpointEvery"/> steps.</summary>
    public TrainingCheckpoints? Checkpoints { get; set; }

    /// <summary>Asked by <see cref="Run"/> after each step for <see cref="StepRecord.ValidationLoss"/>; null where it is not due, or for never.</summary>
    public Func<StepRecord, double?>? Validate { get; set; }

    internal IReadOnlyList<(string Name, Parameter Parameter)> Parameters => _named;

    internal Models.CausalLM Model => _model;

    internal Optimizer Optimizer => _optimizer;

    /// <summary>Where the loss scaler stands; null where the loss is not scaled.</summary>
    internal LossScalerState? LossScaling
    {
        get => _scaler?.State;
        set => _scaler = value is null ? null : new LossScaler(value);
    }

    /// <summary>Goes on behind the last of some steps; parameters and optimizer are those of its end already.</summary>
    internal void ContinueAfter(IReadOnlyList<StepRecord> steps, TrainerState state)
    {
        _records.Clear();
        _records.AddRange(steps);
        (BatchesSeen, LossScaling) = (state.BatchesSeen, state.LossScaler);
        _wholeSteps = _step = state.Step;
    }

    /// <summary>A step that failed on its way leaves parameters and state that belong to no step.</summary>
    internal void RequireWholeStep()
    {
        if (_step != _wholeSteps)
            throw new InvalidOperationException($"Step {_step} was broken off, so what the trainer holds is no state to resume from.");
    }

    private StepRecord Validated(StepRecord step) =>
        Validate?.Invoke(step) is { } loss ? _records[^1] = step with { ValidationLoss = loss } : step;

    private StepRecord Whole(StepRecord step, int batches)
    {
        _records.Add(step);
        BatchesSeen += batches;
        _wholeSteps = _step;
        return step;
    }

    private void RequireCheckpoints()
    {
        if (Options.CheckpointEvery > 0 && Checkpoints is null)
            throw new InvalidOperationException($"CheckpointEvery is {Options.CheckpointEvery}, but {nameof(Checkpoints)} is not set: "
                + "there is no folder to write to. Set it, or CheckpointEvery to 0.");
    }

    private void SaveWhereDue(bool last)
    {
        if (Options.CheckpointEvery > 0 && _step > 0 && (last || _step % Options.CheckpointEvery == 0))
            Checkpoints?.SaveDue(this);
    }
}
