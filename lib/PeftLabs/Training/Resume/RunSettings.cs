using System.Globalization;
using System.Text.Json.Nodes;
using PeftLabs.Adapters;
using PeftLabs.Models;

namespace PeftLabs.Training;

/// <summary>What a run's numbers follow from, as text by name: training options, the model's shape and storage, the adapter.</summary>
internal static class RunSettings
{
    private const string Training = "Training.", Steps = Training + nameof(TrainingOptions.Steps), Device = "Model.Device";

    // Neither says anything of the numbers.
    private static readonly string[] s_free = [.. In(nameof(TrainingOptions.CheckpointEvery), nameof(TrainingOptions.KeepCheckpoints))];

    // The same mathematics in another order or place: worth changing when memory was short, at the price of other roundings.
    private static readonly string[] s_roundings =
    [
        Device,
        .. In(nameof(TrainingOptions.Checkpointing), nameof(TrainingOptions.Offload), nameof(TrainingOptions.Attention),
            nameof(TrainingOptions.Loss), nameof(TrainingOptions.LossChunkBytes), nameof(TrainingOptions.FusedStep),
            nameof(TrainingOptions.PagedBudgetBytes)),
    ];

    // Fields of adapter_config.json that name things and compute nothing.
    private static readonly string[] s_names = ["base_model_name_or_path", "revision", "inference_mode", "task_type"];

    public static SortedDictionary<string, string> Of(Trainer trainer, LoraAdapter? adapter, IReadOnlyDictionary<string, string> facts)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite))
            settings[Training + property.Name] = Text(property.GetValue(trainer.Options));
        AddModel(settings, trainer.Model);
        if (adapter is not null)
            foreach (var (name, value) in JsonNode.Parse(adapter.Config.ToJson())!.AsObject().Where(f => !s_names.Contains(f.Key)))
                settings[$"Adapter.{name}"] = value?.ToJsonString() ?? "null";
        foreach (var (name, value) in facts)
            settings[$"Run.{name}"] = value;
        return settings;
    }

    /// <summary>
    /// Refuses what would not be the same run. Options that change roundings alone, and the device, are let
    /// through with a warning. Steps may change where the steps
    /// taken would have had the same learning rates.
    /// </summary>
    /// <exception cref="TrainingCheckpointException">A setting differs.</exception>
    public static void Compare(TrainingCheckpoint checkpoint, IReadOnlyDictionary<string, string> saved,
        IReadOnlyDictionary<string, string> now, bool sameRates, Action<string> warn)
    {
        var names = saved.Keys.Union(now.Keys).Except(s_free);
        var differing = names.Where(n => saved.GetValueOrDefault(n) != now.GetValueOrDefault(n)).ToList();
        var refused = differing.Except(s_roundings).Where(n => n != Steps || !sameRates).ToList();
        if (refused.Count > 0)
            throw new TrainingCheckpointException(checkpoint.Folder, $"it belongs to another run: {Show(refused)}."
                + (refused.Contains(Steps) ? " Steps may change only where the learning rates of the steps taken stay what they were." : "")
                + " Set it back, or start anew in another folder.");
        var roundings = differing.Intersect(s_roundings).ToList();
        if (roundings.Count > 0)
            warn($"{checkpoint.Folder}: the run goes on with the same mathematics and other roundings: {Show(roundings)}.");

        string Show(IEnumerable<string> changed) => string.Join("; ",
            changed.Select(n => $"{n} was {saved.GetValueOrDefault(n, "not set")} and is {now.GetValueOrDefault(n, "not set")}"));
    }

    private static IEnumerable<string> In(params string[] options) => options.Select(o => Training + o);

    private static void AddModel(SortedDictionary<string, string> settings, CausalLM model)
    {
        var config = model.Config;
        settings["Model.Family"] = config.Family.Architecture;
        var shape = typeof(ModelConfig).GetProperties().Where(p => p.PropertyType.IsPrimitive || p.PropertyType == typeof(RotaryConfig));
        foreach (var property in shape.Where(p => p.CanWrite))
            settings[$"Model.{property.Name}"] = Text(property.GetValue(config));
        var formats = model.Projections.Values.GroupBy(p => p.Weight.Format.ToString()).Select(g => $"{g.Key} x {g.Count()}");
        settings["Model.Weights"] = $"{model.Embedding.Format}; {string.Join(", ", formats)}";
        settings[Device] = model.Device.type.ToString();
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
