using System.Text.Json.Nodes;
using PeftLabs.Hub;

namespace PeftLabs.Labs.Reports;

/// <summary>What a record's options say in a word: the model and the method.</summary>
internal static class RunMethod
{
    /// <summary>The shape, or the name of the model's folder; null for a model made in place.</summary>
    public static string? Model(RunRecord record)
    {
        if (Text(At(record, "model", "shape")) is { } shape)
            return shape;
        var path = Path(record);
        return path is null ? null : ModelLocation.NameOf(path).Split('/')[^1] is { Length: > 0 } name ? name : path;
    }

    /// <summary>The model's folder, as portable as the record knows it; null for a shape and for a model made in place.</summary>
    public static string? Path(RunRecord record) => Text(At(record, "model", "folder")) ?? record.ModelPath;

    /// <summary>full, lora, dora or qlora (LoRA on weights of four bits); null where the options do not name an adapter or its lack.</summary>
    public static string? Of(RunRecord record)
    {
        if (record.Options is not JsonObject options || !options.ContainsKey("lora"))
            return null;
        if (options["lora"] is not JsonObject lora)
            return "full";
        var format = Text(At(record, "loading", "projections")) ?? Text(options["projections"]) ?? "";
        var adapter = lora["use_dora"] is JsonValue dora && dora.TryGetValue(out bool isDora) && isDora ? "dora" : "lora";
        return format.StartsWith("nf4", StringComparison.OrdinalIgnoreCase) || format.StartsWith("fp4", StringComparison.OrdinalIgnoreCase)
            ? $"q{adapter}"
            : adapter;
    }

    /// <summary>Whether the options are a <see cref="RunSpec"/>, from which the run can be made again.</summary>
    public static bool IsRepeatable(RunRecord record) =>
        record.Ended is not null && record.Options is JsonObject options && options["model"] is JsonObject && options["data"] is JsonObject;

    private static JsonNode? At(RunRecord record, string group, string name) => ((record.Options as JsonObject)?[group] as JsonObject)?[name];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
