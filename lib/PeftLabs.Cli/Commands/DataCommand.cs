using System.CommandLine;
using System.Text.Json;
using PeftLabs.Labs;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Commands;

/// <summary>lab data: writes the examples of tasks as JSON Lines, a folder a task and a file a split.</summary>
public static class DataCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var sizes = new TaskSizes();
        var task = new Argument<string?>("task")
        {
            Description = $"{string.Join(", ", LabTasks.All.Select(t => t.Name))}; all of them where none is named",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var train = Count("--train", "Examples to train on", sizes.Train);
        var validation = Count("--validation", "Examples to choose options by", sizes.Validation);
        var heldOut = Count("--held-out", "Examples to report figures of", sizes.HeldOut);
        var seed = new Option<ulong>("--seed") { Description = "Another seed gives other examples, none of another split" };
        var output = new Option<string?>("--output") { Description = "Where each task gets a folder; data/tasks by default", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a file" };
        var command = new Command("data", "Writes the examples of the tasks as JSON Lines") { task, train, validation, heldOut, seed, output, json };
        command.SetAction((parsed, cancellation) =>
        {
            var tasks = parsed.GetValue(task) is { } name ? [LabTasks.Find(name)] : LabTasks.All;
            sizes = new() { Train = parsed.GetValue(train), Validation = parsed.GetValue(validation), HeldOut = parsed.GetValue(heldOut) };
            foreach (var each in tasks)
            {
                var folder = Path.Combine(parsed.GetValue(output) ?? LabPaths.Tasks, each.Name);
                var files = TaskFiles.Write(each, folder, sizes, parsed.GetValue(seed), cancellation);
                foreach (var (split, path) in Enum.GetValues<TaskSplit>().Zip(files))
                    parsed.InvocationConfiguration.Output.WriteLine(Line(each, path, sizes.Of(split), parsed.GetValue(json)));
            }
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int count) =>
        new(name) { Description = description, DefaultValueFactory = _ => count };

    private static string Line(LabTask task, string path, int examples, bool json)
    {
        var bytes = new FileInfo(path).Length;
        return json ? JsonSerializer.Serialize(new { task = task.Name, path, examples, bytes })
            : $"{path}: {examples} examples, {ByteSize.Format(bytes)}";
    }
}
