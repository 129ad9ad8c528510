using PeftLabs.Models;
using PeftLabs.Training;
using static PeftLabs.Labs.OptionKeys;

namespace PeftLabs.Labs;

/// <summary>
/// Every option of a described run. They are applied in this order, whatever the file's: an option comes before those whose defaults
/// follow from it.
/// </summary>
public static class TrainKeys
{
    internal const string Lora = "lora", Data = "data", Save = "save", Evaluate = "evaluate";
    internal const string ExamplesFrom = "where examples come from", Length = "how long it trains";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrainKey> All { get; } = [.. Make()];

    /// <summary>The sections, in the order in which they are written.</summary>
    internal static IReadOnlyList<string> Sections { get; } = [.. All.Select(key => key.Section).Where(section => section.Length > 0).Distinct()];

    /// <summary>The option at a place such as <c>lora.rank</c>, or of a name such as <c>rank</c>.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static TrainKey Find(string pathOrName) => All.FirstOrDefault(key => key.Path == pathOrName || key.Name == pathOrName)
        ?? throw new ArgumentException($"There is no option '{pathOrName}'; nearest {Nearest(pathOrName.Split('.')[^1], All.Select(key => key.Name))}.");

    /// <summary>The nearest of some names, as a clause.</summary>
    internal static string Nearest(string wrong, IEnumerable<string> names) =>
        NearestNames.Of(wrong, names) is [var one] ? $"is {one}" : $"are {string.Join(", ", NearestNames.Of(wrong, names))}";

    private static IEnumerable<TrainKey> Make() =>
    [
        .. ModelKeys.Model.Select(key => new TrainKey("", key.Of<TrainConfig>(c => c.Run, (c, run) => c with { Run = run }))),
        .. ModelKeys.Lora.Select(key => new TrainKey(Lora, key.Of<TrainConfig>(c => c.Run.Lora, (c, lora) => c with { Run = c.Run with { Lora = lora } }))
        {
            Fits = c => c.Run.Lora is not null,
            Needs = "the methods lora and qlora; method is full",
        }),
        .. DataKeys.Data.Select(OfData),
        .. DataKeys.Batches.Select(key => new TrainKey("", key.Of<TrainConfig>(c => c.Run.Data.Batches,
            (c, batches) => c with { Run = c.Run with { Data = c.Run.Data with { Batches = batches } } }))),
        new("", Number<TrainConfig, double>("epochs", "Passes over the examples",
            c => c.Epochs, (c, v) => c with { Epochs = v })) { Alternative = Length },
        new("", Number<TrainConfig, int>("steps", "Optimizer steps", c => c.Epochs is null ? c.Run.Training.Steps : null,
            (c, v) => Training(c, o => o with { Steps = v }))) { Alternative = Length },
        .. TrainingKeys.Course.Select(OfTraining),
        new("", Number<TrainConfig, ulong>("seed", "The seed of the examples' order, of the adapter and of dropout",
            c => c.Run.Training.Seed, WithSeed)),
        .. TrainingKeys.Techniques.Select(OfTraining),
        .. SaveKeys(),
        .. EvaluateKeys(),
    ];

    private static IEnumerable<TrainKey> SaveKeys() =>
    [
        new(Save, Text<TrainConfig>("output", "a folder", "Where the adapter or the model goes, with its card and figures",
            c => c.Output, (c, v) => c with { Output = v })),
        new(Save, Text<TrainConfig>("merged", "a folder", "Where the base with the adapter merged into it goes",
            c => c.Merged, (c, v) => c with { Merged = v }))
        {
            Fits = c => c.Run.Lora is not null && c.Run.Model.Folder is not null,
            Needs = "adapters on a model in a folder",
        },
        new(Save, Number<TrainConfig, int>("checkpoint-every", "Steps after which a checkpoint is written, to go on from; 0 for never",
            c => c.Run.Training.CheckpointEvery, (c, v) => Training(c, o => o with { CheckpointEvery = v }))),
        new(Save, Number<TrainConfig, int>("keep-checkpoints", "Checkpoints that are kept",
            c => c.Run.Training.KeepCheckpoints, (c, v) => Training(c, o => o with { KeepCheckpoints = v }))),
    ];

    private static IEnumerable<TrainKey> EvaluateKeys() =>
    [
        new(Evaluate, Number<TrainConfig, int>("validation-examples", "Held-out examples whose loss is taken before and after, at most; 0 for none",
            c => c.Run.HeldOut, (c, v) => c with { Run = c.Run with { HeldOut = v } })),
        new(Evaluate, Number<TrainConfig, int>("validate-every", "Steps after which that loss is taken in between too; 0 for never",
            c => c.Run.ValidateEvery, (c, v) => c with { Run = c.Run with { ValidateEvery = v } })),
        new(Evaluate, Number<TrainConfig, int>("samples", "Held-out prompts that are continued before and after",
            c => c.Run.Samples, (c, v) => c with { Run = c.Run with { Samples = v } })),
        new(Evaluate, Number<TrainConfig, int>("task-examples", "Held-out examples that the task's metrics are taken on, before and after; 0 for none",
            c => c.TaskExamples, (c, v) => c with { TaskExamples = v }))
        {
            Fits = c => c.Run.Data.Kind == DataKind.Task,
            Needs = "a task (data.task)",
        },
        new(Evaluate, Number<TrainConfig, int>("text-examples",
            "Documents of general text whose perplexity is taken before and after, for what was forgotten; 0 for none",
            c => c.TextExamples, (c, v) => c with { TextExamples = v }))
        {
            Fits = c => c.Run.Data.Kind != DataKind.RandomTokens,
            Needs = "data that are text",
        },
    ];

    private static TrainKey OfTraining(OptionKey<TrainingOptions> key) =>
        new("", key.Of<TrainConfig>(c => c.Run.Training, (c, training) => c with { Run = c.Run with { Training = training } }));

    private static TrainKey OfData(OptionKey<DataRecipe> option)
    {
        var key = new TrainKey(Data, option.Of<TrainConfig>(c => c.Run.Data, (c, data) => c with { Run = c.Run with { Data = data } }));
        return key.Name switch
        {
            "task" or "file" or "generated" => key with { Alternative = ExamplesFrom },
            "task-seed" => key with { Fits = c => c.Run.Data.Kind == DataKind.Task, Needs = "a task (data.task)" },
            "tokens" => key with
            {
                Fits = c => c.Run.Data.Kind is DataKind.Text or DataKind.RandomTokens || PlainTextExamples.Takes(c.Run.Data),
                Needs = "text that is cut into pieces (data.generated, or a .txt or .md file)",
            },
            "validation" or "validation-share" => key with { Fits = c => c.Run.Data.Kind == DataKind.File, Needs = "a file (data.file)" },
            "template" or "max-tokens" => key with
            {
                Fits = c => c.Run.Data.Kind == DataKind.File && !PlainTextExamples.Takes(c.Run.Data),
                Needs = "records of a file (data.file, .jsonl or .csv)",
            },
            _ => key,
        };
    }

    private static TrainConfig Training(TrainConfig config, Func<TrainingOptions, TrainingOptions> change) =>
        config with { Run = config.Run with { Training = change(config.Run.Training) } };

    private static TrainConfig WithSeed(TrainConfig config, ulong seed) => Training(config, o => o with { Seed = seed }) is var seeded
        ? seeded with { Run = seeded.Run with { Data = seeded.Run.Data with { Batches = seeded.Run.Data.Batches with { Seed = seed } } } }
        : config;
}
