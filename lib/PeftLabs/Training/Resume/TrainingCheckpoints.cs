using PeftLabs.Adapters;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>
/// A run's folder of checkpoints: step-000120 and the like. Each appears whole or not at all: it is written beside its place, flushed to
/// disk, and renamed; an older one goes only when the new one stands. A run that is killed at any moment, resumed and given the batches
/// from <see cref="Trainer.BatchesSeen"/> on ends with the same bits as one that was never killed.
/// </summary>
public sealed class TrainingCheckpoints : IDisposable
{
    private readonly CheckpointFolder _folder;
    private readonly LoraAdapter? _adapter;
    private readonly Dictionary<int, TrainingCheckpoint> _own = [];
    private readonly HashSet<string> _damaged = [];
    private bool _entered;

    /// <summary>The checkpoints in a folder, which is made with the first.</summary>
    /// <param name="folder">The folder, one for each run.</param>
    /// <param name="adapter">The adapter that is trained, whose files in a checkpoint are PEFT's; null where there is none.</param>
    public TrainingCheckpoints(string folder, LoraAdapter? adapter = null) => (_folder, _adapter) = (new(folder), adapter);

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>
    /// What else the run follows from, such as the hashes of model and data, by name: a checkpoint made with other values is refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Told of damaged checkpoints passed over, and of settings changed harmlessly; standard error where not set.</summary>
    public Action<string> Warn { get; init; } = Console.Error.WriteLine;

    /// <summary>
    /// Told of a checkpoint that <see cref="Trainer.Run"/> could not write; training then goes on to the next. Where not set, the exception
    /// leaves <see cref="Trainer.Run"/>.
    /// </summary>
    public Action<TrainingCheckpointException>? WriteFailed { get; init; }

    /// <summary>Told of each part of a checkpoint before it is written, then "rename" before it gets its name, and "prune" after.</summary>
    internal Action<string> Begin { get; init; } = _ => { };

    /// <summary>
    /// The newest whole checkpoint, or null where there never was one. Damaged ones are passed over with a warning that names the files,
    /// what was found and what is right.
    /// </summary>
    /// <exception cref="TrainingCheckpointException">There are checkpoints, and none is whole; or the folder cannot be read.</exception>
    public TrainingCheckpoint? FindLatest() => Guard<TrainingCheckpoint?>("cannot be read", () =>
    {
        List<string> damaged = [];
        foreach (var (step, folder) in _folder.Newest())
        {
            if (CheckpointManifest.Damage(folder) is not { Count: > 0 } damage)
            {
                damaged.ForEach(d => Warn($"{d}. {System.IO.Path.GetFileName(folder)} is used instead."));
                return new TrainingCheckpoint(folder, step);
            }
            _damaged.Add(folder);
            damaged.Add($"{folder} is damaged: {string.Join("; ", damage)}");
        }
        return damaged.Count == 0 ? null : throw new TrainingCheckpointException(Folder,
            $"no checkpoint is whole. {string.Join(". ", damaged)}. Mend one, or start anew in another folder.");
    });

    /// <summary>
    /// Puts a trainer where the newest whole checkpoint was written, and clears away what a killed run left half-written. Gives that
    /// checkpoint, or null where there never was one and the run starts fresh.
    /// </summary>
    /// <exception cref="TrainingCheckpointException">
    /// No checkpoint is whole, it belongs to another run, another process uses the folder, or it cannot be written.
    /// </exception>
    public TrainingCheckpoint? Resume(Trainer trainer)
    {
        Guard("cannot be used for checkpoints", _folder.Enter);
        var latest = FindLatest();
        if (latest is not null)
        {
            Guard("cannot be read", () => new TrainerFiles(_adapter, Facts).Read(latest, trainer, Warn));
            _own[latest.Step] = latest;
        }
        _entered = true;
        return latest;
    }

    /// <summary>
    /// Writes a checkpoint of the trainer's step, and then removes those beyond <see cref="TrainingOptions.KeepCheckpoints"/>, and those
    /// of later steps, which the run will take again. One that stands for this step already is given back as it is.
    /// </summary>
    /// <exception cref="TrainingCheckpointException">
    /// It cannot be written (a full disk, say), or the folder has another run's. Older checkpoints and the trainer are as they were.
    /// </exception>
    /// <exception cref="InvalidOperationException">The last step failed, so that there is nothing to resume from.</exception>
    public TrainingCheckpoint Save(Trainer trainer)
    {
        trainer.RequireWholeStep();
        if (_own.TryGetValue(trainer.StepsTaken, out var standing))
            return standing;
        Guard($"the checkpoint of step {trainer.StepsTaken} could not be written; those before it and the training are as they were", () =>
        {
            Start();
            Write(trainer);
        });
        Prune(trainer);
        return _own[trainer.StepsTaken];
    }

    /// <summary>Lets another process use the folder.</summary>
    public void Dispose() => _folder.Dispose();

    internal void SaveDue(Trainer trainer)
    {
        try
        {
            Save(trainer);
        }
        catch (TrainingCheckpointException e) when (WriteFailed is not null)
        {
            WriteFailed(e);
        }
    }

    // A run that starts anew in another's folder would remove what that one left.
    private void Start()
    {
        if (_entered)
            return;
        _folder.Enter();
        if (_folder.Newest().FirstOrDefault().Folder is { } taken)
            throw new TrainingCheckpointException(Folder, $"it holds {System.IO.Path.GetFileName(taken)} of an earlier run: "
                + "resume from it, or give another folder.");
        _entered = true;
    }

    private void Write(Trainer trainer)
    {
        var target = _folder.Of(trainer.StepsTaken);
        _folder.Remove(target); // a damaged one: had it been whole, the run would have gone on from it
        using var folder = new AtomicFolder(target);
        new TrainerFiles(_adapter, Facts).Write(folder.Temporary, trainer, Begin);
        FolderOnDisk.Flush(folder.Temporary);
        Begin("rename");
        folder.Commit();
        FolderOnDisk.Flush(Folder);
        _own[trainer.StepsTaken] = new(target, trainer.StepsTaken);
        _damaged.Remove(target);
    }

    // The new checkpoint stands, so what fails here is no reason to stop.
    private void Prune(Trainer trainer)
    {
        try
        {
            Begin("prune");
            var all = _folder.Newest();
            var kept = all.Where(c => c.Step <= trainer.StepsTaken && !_damaged.Contains(c.Folder)).Take(trainer.Options.KeepCheckpoints);
            foreach (var (step, folder) in all.Except(kept.ToList()))
            {
                _folder.Remove(folder);
                _own.Remove(step);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn($"{Folder}: older checkpoints could not be removed: {e.Message}");
        }
    }

    private void Guard(string what, Action action) => Guard(what, () =>
    {
        action();
        return true;
    });

    private T Guard<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingCheckpointException(Folder, $"{what}: {e.Message}", e);
        }
    }
}
