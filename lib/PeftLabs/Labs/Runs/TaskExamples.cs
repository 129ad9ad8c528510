using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Examples of a task; its validation split is what is held out.</summary>
internal sealed class TaskExamples : ExampleSource
{
    private readonly DataRecipe _recipe;
    private readonly DataTools _tools;
    private readonly LabTask _task;

    public TaskExamples(DataRecipe recipe, DataTools tools)
    {
        (_recipe, _tools) = (recipe, tools);
        _task = TaskOf(recipe);
    }

    /// <summary>The task that a recipe names.</summary>
    /// <exception cref="ArgumentException">It names none, or there is none of that name.</exception>
    public static LabTask TaskOf(DataRecipe recipe) => LabTasks.Find(
        recipe.Task ?? throw new ArgumentException($"Data of kind {recipe.Kind} need the name of a {nameof(DataRecipe.Task)}."));

    public override IReadOnlyList<TokenizedExample> Train(int? count) => Make(TaskSplit.Train, Finite(count, DataKind.Task));

    public override IReadOnlyList<TokenizedExample> HeldOut(int count) => Make(TaskSplit.Validation, count);

    public override IEnumerable<string> Prompts() => _task.Examples(TaskSplit.Validation, _recipe.TaskSeed).Select(example => example.Prompt);

    private List<TokenizedExample> Make(TaskSplit split, int count) =>
        [.. _task.Examples(split, _recipe.TaskSeed).Take(count)
        .Select(example => LabExamples.Tokenize(_tools.Required(DataKind.Task), example))];
}
