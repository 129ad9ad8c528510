using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Models;

/// <summary>Reads config.json. What it names and the kit does not do is refused, never ignored.</summary>
internal sealed class ModelConfigReader(string file, JsonObject json)
{
    public static ModelConfig Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
        if (!File.Exists(file))
            throw new ModelFormatException(file, "not found; a model's folder holds config.json, its weights and its tokenizer.");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(file)) as JsonObject;
            return new ModelConfigReader(file, json ?? throw Refused("the root", "not an object", "a JSON object")).Read();
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, $"not JSON: {e.Message}");
        }

        ModelFormatException Refused(string what, string found, string right) =>
            new(file, $"{what} is {found}; {right} is expected.");
    }

    /// <summary>The config that an object of config.json's fields is; <paramref name="file"/> is what errors call it.</summary>
    public static ModelConfig Read(string file, JsonObject json) => new ModelConfigReader(file, json).Read();

    private ModelConfig Read()
    {
        var family = Family();
        RefuseUnsupported();
        int hidden = Integer("hidden_size"), heads = Integer("num_attention_heads");
        if (!json.ContainsKey("head_dim") && hidden % heads != 0)
            throw Refused("hidden_size", $"{hidden}, not a multiple of the {heads} heads", "a multiple, or head_dim");
        var keyValueHeads = Integer("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0)
            throw Refused("num_key_value_heads", $"{keyValueHeads}, which does not divide the {heads} heads", "a divisor");
        var attentionBias = Flag("attention_bias");
        return new ModelConfig
        {
            Family = family,
            VocabularySize = Integer("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Integer("intermediate_size"),
            Layers = Integer("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = Integer("head_dim", hidden / heads),
            NormEpsilon = Number("rms_norm_eps", 1e-6),
            TiedEmbeddings = Flag("tie_word_embeddings"),
            QueryKeyValueBias = family.QueryKeyValueBias || attentionBias,
            OutputBias = attentionBias && !family.QueryKeyValueBias,
            FeedForwardBias = Flag("mlp_bias"),
            Rotary = Rotary(),
            MaxPositions = Integer("max_position_embeddings", 2048),
            InitializerRange = Number("initializer_range", 0.02),
            BeginToken = json["bos_token_id"] is JsonValue ? Integer("bos_token_id") : null,
            EndTokens = EndTokens(),
            IsBitsAndBytes4Bit = IsBitsAndBytes4Bit(),
            Source = json,
        };
    }

    private ModelFamily Family()
    {
        var architecture = (json["architectures"] as JsonArray)?.FirstOrDefault()?.ToString();
        var type = json["model_type"]?.ToString();
        return ModelFamily.All.FirstOrDefault(f => architecture is null ? f.ModelType == type : f.Architecture == architecture)
            ?? throw Refused(architecture is null ? "model_type" : "architectures", $"'{architecture ?? type}'",
                "one of " + string.Join(", ", ModelFamily.All.Select(f => f.Architecture)));
    }

    private void RefuseUnsupported()
    {
        if (json["hidden_act"]?.ToString() is { } activation and not "silu")
            throw Refused("hidden_act", $"'{activation}'", "'silu'");
        if (Flag("use_sliding_window"))
            throw Refused("use_sliding_window", "true", "false: sliding-window attention is not implemented,");
        if (Number("attention_dropout", 0) != 0)
            throw Refused("attention_dropout", json["attention_dropout"]!.ToString(), "0");
        if (Number("partial_rotary_factor", 1) != 1)
            throw Refused("partial_rotary_factor", json["partial_rotary_factor"]!.ToString(), "1");
    }

    private bool IsBitsAndBytes4Bit()
    {
        if (json["quantization_config"] is not JsonObject quantization)
            return false;
        var (method, storage) = (quantization["quant_method"]?.ToString(), quantization["bnb_4bit_quant_storage"]?.ToString() ?? "uint8");
        if (method != "bitsandbytes" || quantization["load_in_4bit"]?.ToString() != "true")
            throw Refused("quantization_config", method == "bitsandbytes" ? "bitsandbytes in 8 bits" : $"'{method}'",
                "bitsandbytes with load_in_4bit, or a checkpoint that is not quantized,");
        if (storage != "uint8")
            throw Refused("bnb_4bit_quant_storage", $"'{storage}'", "'uint8'");
        return true;
    }

    private RotaryConfig Rotary()
    {
        // transformers 5 writes rope_parameters; before it, rope_theta stood alone and rope_scaling beside it.
        var rope = json["rope_parameters"] as JsonObject ?? json["rope_scaling"] as JsonObject;
        var theta = rope?["rope_theta"] is not null ? Number("rope_theta", 10000, rope) : Number("rope_theta", 10000);
        var type = (rope?["rope_type"] ?? rope?["type"])?.ToString() ?? "default";
        return type switch
        {
            "default" => new RotaryConfig { Theta = theta },
            "llama3" => new RotaryConfig
            {
                Theta = theta,
                Scaling = new Llama3RotaryScaling(Required(rope!, "factor"), Required(rope!, "low_freq_factor"),
                    Required(rope!, "high_freq_factor"), (int)Required(rope!, "original_max_position_embeddings")),
            },
            _ => throw Refused("rope_type", $"'{type}'", "'default' or 'llama3'"),
        };
    }

    private IReadOnlyList<int> EndTokens() => json["eos_token_id"] switch
    {
        null => [],
        JsonArray many => [.. many.Select((_, i) => (int)many[i]!)],
        _ => [Integer("eos_token_id")],
    };

    private bool Flag(string name) => json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private int Integer(string name, int? fallback = null)
    {
        if (json[name] is null && fallback is { } given)
            return given;
        if (json[name] is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0)
            return number;
        throw Refused(name, json[name]?.ToJsonString() ?? "missing", "a whole number");
    }

    private double Number(string name, double fallback, JsonObject? from = null) =>
        (from ?? json)[name] is null ? fallback : Required(from ?? json, name);

    private double Required(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<double>(out var number)
            ? number
            : throw Refused(name, from[name]?.ToJsonString() ?? "missing", "a number");

    private ModelFormatException Refused(string what, string found, string right) =>
        new(file, $"{what} is {found}; {right} is expected.");
}
