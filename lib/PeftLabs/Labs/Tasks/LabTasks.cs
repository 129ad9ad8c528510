namespace PeftLabs.Labs;

/// <summary>The tasks of the kit.</summary>
public static class LabTasks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LabTask> All { get; } = [new SqlTask(), new TicketTask(), new HeraldTask()];

    /// <summary>The task of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names those there are.</exception>
    public static LabTask Find(string name) => All.FirstOrDefault(task => task.Name == name)
        ?? throw new ArgumentException($"There is no task '{name}'; there are {string.Join(", ", All.Select(task => task.Name))}.");
}
