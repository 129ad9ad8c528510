using System.Globalization;
using PeftLabs.Training;
using static PeftLabs.Labs.OptionKeys;

namespace PeftLabs.Labs;

/// <summary>The options of data and batches by name.</summary>
internal static class DataKeys
{
    private const string All = "all";

    public static OptionKey<DataRecipe>[] Data { get; } =
    [
        Text<DataRecipe>("task", "a task's name", "A task of the kit to train on",
            d => d.Task, (d, v) => d with { Kind = DataKind.Task, Task = LabTasks.Find(v).Name }),
        Text<DataRecipe>("file", "a file's path", "A file to train on: .jsonl, .ndjson, .json (JSON Lines) or .csv, or plain text (.txt, .md)",
            d => Shown(d.File), (d, v) => d with { Kind = DataKind.File, File = new(v) }),
        new("generated", "one of text, random-tokens", "Data that are made up: text of the kit's generator, or tokens drawn evenly")
        {
            Get = d => d.Kind is DataKind.Text or DataKind.RandomTokens ? OptionNames<DataKind>.Name(d.Kind) : null,
            Set = (d, v) => d with { Kind = v switch { "text" => DataKind.Text, "random-tokens" => DataKind.RandomTokens, _ => throw new FormatException() } },
        },
        new("examples", "a whole number, or all", "How many examples there are; all of a file unless said")
        {
            Get = d => d.Examples?.ToString(CultureInfo.InvariantCulture) ?? All,
            Set = (d, v) => d with { Examples = v == All ? null : Whole(v) },
        },
        Number<DataRecipe, ulong>("task-seed", "Another one gives other examples of a task; 0 those under data/tasks",
            d => d.TaskSeed, (d, v) => d with { TaskSeed = v }),
        Number<DataRecipe, int>("tokens", "Tokens of a piece of text", d => d.Tokens, (d, v) => d with { Tokens = v }),
        Text<DataRecipe>("validation", "a file's path", "A file of examples to hold out",
            d => Shown(d.Validation), (d, v) => d with { Validation = new(v) }),
        Number<DataRecipe, double>("validation-share", "The share of the file that is held out, drawn by the seed",
            d => d.ValidationShare, (d, v) => d with { ValidationShare = v }),
        Text<DataRecipe>("template", "none, chatml, or a file's path", "The chat template; the model's own unless said",
            d => d.Template, (d, v) => d with { Template = v }),
        Number<DataRecipe, int>("max-tokens", "The most tokens of a record; a longer one is refused",
            d => d.MaxTokens, (d, v) => d with { MaxTokens = v }),
    ];

    public static OptionKey<BatchOptions>[] Batches { get; } =
    [
        Number<BatchOptions, int>("batch", "Examples of a batch, or rows of a packed one", b => b.Size, (b, v) => b with { Size = v }),
        Choice<BatchOptions, BatchKind>("batching", "How examples of different lengths become batches", b => b.Kind, (b, v) => b with { Kind = v }),
        Number<BatchOptions, int>("batch-tokens", "Tokens of a packed row, or of a whole dynamic batch; otherwise the longest example that is let in",
            b => b.Tokens, (b, v) => b with { Tokens = v }),
        Flag<BatchOptions>("truncate", "Cut longer examples to batch-tokens instead of refusing them",
            b => b.Truncate, (b, v) => b with { Truncate = v }),
    ];

    private static int Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) ? count : throw new FormatException();

    private static string? Shown(DataFile? file) => file is null ? null : PortablePath.InRepository(file.Located);
}
