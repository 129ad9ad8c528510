using System.Globalization;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Memory;

namespace PeftLabs.Labs.Reports;

/// <summary>A thing that was so in a run: an option, a version, a part of the machine.</summary>
/// <param name="Group">What it belongs to.</param>
/// <param name="Name">Its name; an option's is its path in the options' JSON.</param>
/// <param name="Value">Its value as text.</param>
internal sealed record RunField(string Group, string Name, string Value)
{
    public const string Options = "options", Inputs = "model and data", Software = "software", Machine = "machine";

    private static readonly Lazy<HashSet<(string, string)>> Defaults = new(FindDefaults);

    // What a reader asks for first is told whatever it is.
    private static readonly HashSet<string> Essential =
    [
        "training.steps", "training.learning_rate", "training.optimizer", "training.checkpointing", "lora.r", "lora.lora_alpha",
        "loading.projections", "data.tokens", "data.batches.size",
    ];

    /// <summary>Whether it is an option that has the value which it has where nobody sets it, and that few readers ask for.</summary>
    public bool IsDefault => Group == Options && !Essential.Contains(Name) && Defaults.Value.Contains((Name, Value));

    /// <summary>All fields of a run that are known, in the order in which they are read.</summary>
    public static IReadOnlyList<RunField> Of(RunRecord record) =>
    [
        .. OfInputs(record), .. Flat(record.Options, "").Select(pair => new RunField(Options, pair.Path, pair.Value)),
        .. OfSoftware(record.Versions), .. OfMachine(record.Machine),
    ];

    private static IEnumerable<RunField> OfInputs(RunRecord record) => Known(Inputs,
        ("model", RunMethod.Path(record)), ("model's SHA-256", record.ModelHash), ("data's SHA-256", record.DataHash),
        ("seed", record.Seed.ToString(CultureInfo.InvariantCulture)));

    private static IEnumerable<RunField> OfSoftware(SoftwareVersions versions) => Known(Software,
        ("PeftLabs", versions.Kit), ("commit", versions.Commit),
        ("work tree", versions.Modified switch { true => "differed from the commit", false => "as committed", null => null }),
        (".NET", versions.DotNet), ("libtorch", versions.Torch));

    private static IEnumerable<RunField> OfMachine(MachineInfo machine) => Known(Machine,
        ("operating system", machine.OperatingSystem), ("architecture", machine.Architecture), ("processor", machine.Processor),
        ("cores", machine.Cores.ToString(CultureInfo.InvariantCulture)), ("memory", ByteSize.Format(machine.MemoryBytes)),
        ("GPUs", string.Join(", ", machine.Gpus)), ("BLAS", machine.Blas));

    private static IEnumerable<RunField> Known(string group, params (string Name, string? Value)[] fields) =>
        fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => new RunField(group, field.Name, field.Value!));

    /// <summary>The values of a JSON tree with their paths; what is null or empty is no option that was set.</summary>
    private static IEnumerable<(string Path, string Value)> Flat(JsonNode? node, string path)
    {
        if (node is JsonObject pairs)
            return pairs.SelectMany(pair => Flat(pair.Value, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}"));
        if (node is JsonArray items && items.Any(item => item is JsonObject or JsonArray))
            return items.SelectMany((item, i) => Flat(item, $"{path}[{i}]"));
        var text = node is JsonArray plain ? string.Join(", ", plain.Select(Text)) : Text(node);
        return text.Length == 0 ? [] : [(path, text)];
    }

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString() ?? "";

    private static HashSet<(string, string)> FindDefaults()
    {
        var spec = new RunSpec { Name = "any", Model = new(), Data = new() { Kind = DataKind.Text }, Lora = new LoraAdapterConfig() };
        return [.. Flat(spec.ToJson(), "").Where(pair => pair.Path != "data.kind")];
    }
}
