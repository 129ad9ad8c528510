namespace PeftLabs.Training;

// How often a run leaves a checkpoint that it can be resumed from.
public sealed partial record TrainingOptions
{
    private readonly int _checkpointEvery, _keepCheckpoints = 2;

    /// <summary>Steps after which <see cref="Trainer.Checkpoints"/> gets one more, and after the last step; 0 for never.</summary>
    public int CheckpointEvery
    {
        get => _checkpointEvery;
        init => _checkpointEvery = value >= 0 ? value : throw Wrong(nameof(CheckpointEvery), value, "a whole number, 0 or above");
    }

    /// <summary>Checkpoints that are kept, at least 1; an older one goes only when the new one stands.</summary>
    public int KeepCheckpoints
    {
        get => _keepCheckpoints;
        init => _keepCheckpoints = value >= 1 ? value : throw Wrong(nameof(KeepCheckpoints), value, "a whole number above 0");
    }
}
