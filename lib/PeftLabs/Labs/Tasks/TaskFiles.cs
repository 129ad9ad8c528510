using System.Text.Encodings.Web;
using System.Text.Json;
using PeftLabs.Formats;

namespace PeftLabs.Labs;

/// <summary>A task's examples as files: JSON Lines with a prompt and a completion in each line, a file a split.</summary>
public static class TaskFiles
{
    // Quotes and comparisons of SQL stay readable; nothing here is put into HTML.
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>The name of a split's file: train.jsonl, validation.jsonl, held-out.jsonl.</summary>
    public static string FileName(TaskSplit split) => split switch
    {
        TaskSplit.Train => "train.jsonl",
        TaskSplit.Validation => "validation.jsonl",
        _ => "held-out.jsonl",
    };

    /// <summary>The lines of a split's file, the first examples that the task gives for it.</summary>
    public static IEnumerable<string> Lines(LabTask task, TaskSplit split, int examples, ulong seed = 0) =>
        task.Examples(split, seed).Take(examples).Select(example => JsonSerializer.Serialize(example, Options));

    /// <summary>Writes the files of all splits, each of them whole or not at all; older ones are replaced.</summary>
    /// <param name="task">The task.</param>
    /// <param name="folder">Where the files go; it is made where there is none.</param>
    /// <param name="sizes">How many examples each holds; null for the sizes of those under data/tasks.</param>
    /// <param name="seed">The seed of the examples; 0 gives those under data/tasks.</param>
    /// <param name="cancellation">Stops between two examples; the file that is being made is left as it was.</param>
    /// <returns>The files' paths.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(
        LabTask task, string folder, TaskSizes? sizes = null, ulong seed = 0, CancellationToken cancellation = default)
    {
        sizes ??= new();
        Directory.CreateDirectory(folder);
        return [.. Enum.GetValues<TaskSplit>().Select(split =>
        {
            var path = Path.Combine(folder, FileName(split));
            AtomicFile.WriteText(path, string.Concat(Lines(task, split, sizes.Of(split), seed).Select(Ended)));
            return path;
        })];

        string Ended(string line)
        {
            cancellation.ThrowIfCancellationRequested();
            return $"{line}\n";
        }
    }
}
