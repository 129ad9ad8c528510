using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Formats;

/// <summary>Between <see cref="LoraAdapterConfig"/> and the fields of adapter_config.json.</summary>
internal static class LoraAdapterJson
{
    private const string FileName = "adapter_config.json";

    private static readonly string[] BiasNames = ["none", "all", "lora_only"];
    private static readonly string[] InitializationNames = ["true", "false", "gaussian", "orthogonal"];

    /// <summary>Fields that change what the adapter computes in ways the kit has not; null, false and empty leave it as it is.</summary>
    private static readonly string[] Unsupported =
    [
        "use_dora", "lora_bias", "ensure_weight_tying", "target_parameters", "trainable_token_indices", "layer_replication",
        "megatron_config", "eva_config", "corda_config", "loftq_config", "alora_invocation_tokens", "arrow_config", "kasa_config",
        "lora_ga_config", "monteclora_config", "velora_config", "use_bdlora", "use_qalora",
    ];

    public static IReadOnlyDictionary<string, JsonNode?> DefaultOther { get; } = new Dictionary<string, JsonNode?>
    {
        ["alora_invocation_tokens"] = null,
        ["arrow_config"] = null,
        ["auto_mapping"] = null,
        ["corda_config"] = null,
        ["eva_config"] = null,
        ["kasa_config"] = null,
        ["layer_replication"] = null,
        ["loftq_config"] = new JsonObject(),
        ["lora_ga_config"] = null,
        ["megatron_config"] = null,
        ["megatron_core"] = "megatron.core",
        ["monteclora_config"] = null,
        ["peft_version"] = "0.20.0",
        ["qalora_group_size"] = 16,
        ["trainable_token_indices"] = null,
        ["use_bdlora"] = null,
        ["use_qalora"] = false,
        ["velora_config"] = null,
    };

    public static LoraAdapterConfig Parse(byte[] json, string file)
    {
        var fields = new AdapterFields(ParseObject(json, file), file);
        fields.Choice("peft_type", ["LORA"], null);
        CheckSupported(fields.Remaining, file);
        return new()
        {
            Rank = fields.Value("r", 8, "a whole number above 0", (int value) => value > 0),
            Alpha = fields.Value("lora_alpha", 8.0, "a number", (double _) => true),
            Dropout = fields.Value("lora_dropout", 0.0, "a number of 0 or more and below 1", (double value) => value is >= 0 and < 1),
            TargetModules = fields.Modules("target_modules"),
            ExcludeModules = fields.Modules("exclude_modules"),
            UseRsLora = fields.Flag("use_rslora"),
            RankPattern = fields.Pattern("rank_pattern", "an object of whole numbers above 0", (int value) => value > 0),
            AlphaPattern = fields.Pattern("alpha_pattern", "an object of numbers", (double _) => true),
            Bias = (AdapterBias)fields.Choice("bias", BiasNames, "none"),
            ModulesToSave = fields.List<string>("modules_to_save"),
            LayersToTransform = fields.List<int>("layers_to_transform"),
            LayersPattern = fields.List<string>("layers_pattern"),
            FanInFanOut = fields.Flag("fan_in_fan_out"),
            Initialization = (LoraInitialization)fields.Choice("init_lora_weights", InitializationNames, "true"),
            BaseModel = fields.Text("base_model_name_or_path"),
            Revision = fields.Text("revision"),
            TaskType = fields.Text("task_type"),
            InferenceMode = fields.Flag("inference_mode"),
            UseDora = fields.Flag("use_dora"),
            LoraBias = fields.Flag("lora_bias"),
            EnsureWeightTying = fields.Flag("ensure_weight_tying"),
            TargetParameters = fields.List<string>("target_parameters"),
            Other = fields.Remaining.ToDictionary(pair => pair.Key, pair => pair.Value),
        };
    }

    public static string Write(LoraAdapterConfig config, string file = FileName)
    {
        var fields = new Dictionary<string, JsonNode?>(config.Other)
        {
            ["peft_type"] = "LORA",
            ["r"] = config.Rank,
            ["lora_alpha"] = PythonJson.Number(config.Alpha),
            ["lora_dropout"] = PythonJson.Float(config.Dropout),
            ["target_modules"] = Modules(config.TargetModules),
            ["exclude_modules"] = Modules(config.ExcludeModules),
            ["use_rslora"] = config.UseRsLora,
            ["rank_pattern"] = Map(config.RankPattern, rank => rank),
            ["alpha_pattern"] = Map(config.AlphaPattern, PythonJson.Number),
            ["bias"] = BiasNames[(int)config.Bias],
            ["modules_to_save"] = List(config.ModulesToSave, name => name),
            ["layers_to_transform"] = List(config.LayersToTransform, layer => layer),
            ["layers_pattern"] = List(config.LayersPattern, name => name),
            ["fan_in_fan_out"] = config.FanInFanOut,
            ["init_lora_weights"] = config.Initialization <= LoraInitialization.Random
                ? config.Initialization == LoraInitialization.Kaiming : InitializationNames[(int)config.Initialization],
            ["base_model_name_or_path"] = config.BaseModel,
            ["revision"] = config.Revision,
            ["task_type"] = config.TaskType,
            ["inference_mode"] = config.InferenceMode,
            ["use_dora"] = config.UseDora,
            ["lora_bias"] = config.LoraBias,
            ["ensure_weight_tying"] = config.EnsureWeightTying,
            ["target_parameters"] = List(config.TargetParameters, name => name),
        };
        CheckSupported(fields, file);
        return PythonJson.Write(fields);
    }

    private static JsonObject ParseObject(byte[] json, string file)
    {
        try
        {
            return JsonNode.Parse(json, null, new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new AdapterFormatException("the file holds no JSON object.", file);
        }
        // The reader throws InvalidOperationException for an escape that is no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AdapterFormatException($"the file is not valid JSON: {e.Message}", file, null, e);
        }
    }

    private static void CheckSupported(IReadOnlyDictionary<string, JsonNode?> fields, string file)
    {
        foreach (var name in Unsupported)
            if (fields.TryGetValue(name, out var value) && !IsNeutral(value))
                throw new AdapterFormatException($"it is {value!.ToJsonString()}, which the kit cannot do. It reads and writes LoRA "
                    + "adapters for which this field is null, false or empty.", file, name);
    }

    private static bool IsNeutral(JsonNode? value) => value switch
    {
        null => true,
        JsonObject o => o.Count == 0,
        JsonArray a => a.Count == 0,
        _ => value.GetValueKind() == JsonValueKind.False,
    };

    private static JsonNode? Modules(ModuleSelection? modules) => modules?.Pattern is { } pattern ? pattern
        : List(modules?.Names, name => name);

    private static JsonArray? List<T>(IReadOnlyList<T>? items, Func<T, JsonNode?> node) =>
        items is null ? null : new([.. items.Select(node)]);

    private static JsonObject Map<T>(IReadOnlyDictionary<string, T> map, Func<T, JsonNode?> node) =>
        new(map.Select(pair => KeyValuePair.Create(pair.Key, node(pair.Value))));
}
