namespace PeftLabs.Labs;

/// <summary>
/// The examples of the task text-to-sql without end: a schema of one or two tables in a line and a question in English, answered by one
/// SQL query. They are written from a seed, the same on every platform; no seed's examples to train on share a prompt with any seed's
/// examples to evaluate on.
/// </summary>
public static class TaskGenerator
{
    private static readonly LabTask Task = LabTasks.Find("text-to-sql");

    /// <summary>Examples to train on; nine prompts of ten belong here.</summary>
    public static IEnumerable<InstructionExample> Train(ulong seed) => Task.Examples(TaskSplit.Train, seed);

    /// <summary>Examples to evaluate on, none of which any seed's <see cref="Train"/> gives.</summary>
    public static IEnumerable<InstructionExample> HeldOut(ulong seed) => Task.Examples(TaskSplit.HeldOut, seed);
}
