namespace PeftLabs.Labs;

/// <summary>A run was cancelled after a whole step, and can go on from there.</summary>
/// <param name="run">The folder of its record.</param>
/// <param name="checkpoint">The folder of the checkpoint; where an adapter was trained, one that PEFT loads.</param>
/// <param name="steps">Steps taken.</param>
public sealed class RunInterruptedException(string run, string checkpoint, int steps)
    : OperationCanceledException($"The run was interrupted after step {steps}; its checkpoint is {checkpoint}.")
{
    /// <summary>The folder of its record.</summary>
    public string Run { get; } = run;

    /// <summary>The folder of the checkpoint.</summary>
    public string Checkpoint { get; } = checkpoint;

    /// <summary>Steps taken.</summary>
    public int Steps { get; } = steps;
}
