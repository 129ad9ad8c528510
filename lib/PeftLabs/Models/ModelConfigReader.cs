using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Models;

/// <summary>Reads config.json. What it names and the kit does not do is refused, never ignored.</summary>
internal sealed partial class ModelConfigReader
{
    private readonly string _file;
    private readonly JsonObject _json;
    private readonly ModelFamily _family;
    private readonly ConfigFields _fields;

    private ModelConfigReader(string file, JsonObject json)
    {
        (_file, _json) = (file, json);
        _family = Family();
        _fields = _family.Fields;
    }

    public static ModelConfig Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
        if (!File.Exists(file))
            throw new ModelFormatException(file, "not found; a model's folder holds config.json, its weights and its tokenizer.");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(file)) as JsonObject;
            return Read(file, json ?? throw Refused("the root", "not an object", "a JSON object"));
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
        RefuseUnsupported();
        int hidden = Integer(_fields.HiddenSize), heads = Integer(_fields.Heads), layers = Integer(_fields.Layers);
        var headSize = HeadSize(hidden, heads);
        var attentionBias = _json["attention_bias"] is null ? _fields.DefaultAttentionBias : Flag("attention_bias");
        var (window, windowed) = Window(layers);
        return new ModelConfig
        {
            Family = _family,
            VocabularySize = Integer("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Integer(_fields.IntermediateSize, _fields.IntermediateTimesHidden * hidden),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = KeyValueHeads(heads),
            HeadSize = headSize,
            NormEpsilon = Number(_fields.NormEpsilon, _fields.DefaultNormEpsilon),
            TiedEmbeddings = _json["tie_word_embeddings"] is null ? _fields.DefaultTied : Flag("tie_word_embeddings"),
            QueryKeyValueBias = _family.QueryKeyValueBias || attentionBias,
            OutputBias = attentionBias && !_family.QueryKeyValueBias || _family.OtherBiases && _family.QueryKeyValueBias,
            FeedForwardBias = Flag("mlp_bias") || _family.OtherBiases,
            Activation = Activation(),
            IsParallel = _family.IsParallel && (_json["use_parallel_residual"] is null || Flag("use_parallel_residual")),
            Window = window,
            WindowedLayers = windowed,
            AttentionSoftCap = SoftCap("attn_logit_softcapping", 50),
            LogitSoftCap = SoftCap("final_logit_softcapping", 30),
            AttentionScale = AttentionScale(headSize),
            Rotary = Rotary(headSize),
            MaxPositions = Integer(_fields.MaxPositions, 2048),
            InitializerRange = Number("initializer_range", 0.02),
            BeginToken = _json["bos_token_id"] is JsonValue ? Integer("bos_token_id") : null,
            EndTokens = EndTokens(),
            IsBitsAndBytes4Bit = IsBitsAndBytes4Bit(),
            Source = _json,
        };
    }

    private ModelFamily Family()
    {
        var architecture = (_json["architectures"] as JsonArray)?.FirstOrDefault()?.ToString();
        var type = _json["model_type"]?.ToString();
        return ModelFamily.All.FirstOrDefault(f => architecture is null ? f.ModelType == type : f.Architecture == architecture)
            ?? throw Refused(architecture is null ? "model_type" : "architectures", $"'{architecture ?? type}'",
                "one of " + string.Join(", ", ModelFamily.All.Select(f => f.Architecture)));
    }

    private void RefuseUnsupported()
    {
        foreach (var (name, only) in _fields.Required)
            if (_json[name] is { } value && !Equal(value, JsonNode.Parse(only)))
                throw Refused(name, value.ToJsonString(), $"{only}, the only value that is implemented for {_family.Architecture},");

        // 0 and 0.0 are the same.
        static bool Equal(JsonNode found, JsonNode? only) => JsonNode.DeepEquals(found, only)
            || found is JsonValue f && only is JsonValue o && f.TryGetValue<double>(out var one) && o.TryGetValue<double>(out var other) && one == other;
    }

    private int HeadSize(int hidden, int heads)
    {
        if (_fields.HeadSize is { } field && _json[field] is not null)
            return Integer(field);
        if (_fields.DefaultHeadSize is { } size)
            return size;
        return hidden % heads == 0 ? hidden / heads
            : throw Refused(_fields.HiddenSize, $"{hidden}, not a multiple of the {heads} heads",
                _fields.HeadSize is null ? "a multiple" : $"a multiple, or {_fields.HeadSize},");
    }

    private int KeyValueHeads(int heads)
    {
        var count = _fields.KeyValueHeads is { } field ? Integer(field, heads) : heads;
        return count > 0 && heads % count == 0 ? count
            : throw Refused(_fields.KeyValueHeads!, $"{count}, which does not divide the {heads} heads", "a divisor");
    }

    private Activation Activation()
    {
        var field = _fields.Activation.FirstOrDefault(f => _json[f] is not null);
        var name = field is null ? _fields.DefaultActivation : _json[field]!.ToString();
        return name switch
        {
            "silu" or "swish" => Models.Activation.Silu,
            "gelu" => Models.Activation.Gelu,
            "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Models.Activation.GeluTanh,
            _ => throw Refused(field!, $"'{name}'", "'silu', 'gelu', 'gelu_new', 'gelu_fast' or 'gelu_pytorch_tanh'"),
        };
    }

    private bool IsBitsAndBytes4Bit()
    {
        if (_json["quantization_config"] is not JsonObject quantization)
            return false;
        var (method, storage) = (quantization["quant_method"]?.ToString(), quantization["bnb_4bit_quant_storage"]?.ToString() ?? "uint8");
        if (method != "bitsandbytes" || quantization["load_in_4bit"]?.ToString() != "true")
            throw Refused("quantization_config", method == "bitsandbytes" ? "bitsandbytes in 8 bits" : $"'{method}'",
                "bitsandbytes with load_in_4bit, or a checkpoint that is not quantized,");
        if (storage != "uint8")
            throw Refused("bnb_4bit_quant_storage", $"'{storage}'", "'uint8'");
        return true;
    }

    private IReadOnlyList<int> EndTokens() => _json["eos_token_id"] switch
    {
        null => [],
        JsonArray many when many.All(id => id is JsonValue value && value.TryGetValue<int>(out _)) => [.. many.Select(id => id!.GetValue<int>())],
        _ => [Integer("eos_token_id")],
    };

    private bool Flag(string name)
    {
        if (_json[name] is not { } node)
            return false;
        return node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : throw Refused(name, node.ToJsonString(), "true or false");
    }

    private int Integer(string name, int? fallback = null)
    {
        if (_json[name] is null && fallback is { } given)
            return given;
        if (_json[name] is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0)
            return number;
        throw Refused(name, _json[name]?.ToJsonString() ?? "missing", "a whole number");
    }

    private double Number(string name, double fallback, JsonObject? from = null) =>
        (from ?? _json)[name] is null ? fallback : Required(from ?? _json, name);

    private double Required(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<double>(out var number)
            ? number
            : throw Refused(name, from[name]?.ToJsonString() ?? "missing", "a number");

    private ModelFormatException Refused(string what, string found, string right) =>
        new(_file, $"{what} is {found}; {right} is expected.");
}
