using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>config.json of a model as it stands: what was read passes through, but the storage types are those of the weights.</summary>
internal static class ModelConfigWriter
{
    public static string Write(CausalLM model)
    {
        var fields = model.Config.Source?.DeepClone().AsObject() ?? New(model.Config);
        fields[fields.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = DType(model.Embedding);
        fields.Remove("quantization_config", out var quantization);
        if (model.Projections.Values.Any(p => ModelFiles.Is4Bit(model, p)))
            fields["quantization_config"] = Quantization(model, quantization as JsonObject);
        return PythonJson.Write(fields.ToDictionary()) + "\n";
    }

    /// <summary>The config of the same model with every weight stored in one floating-point type.</summary>
    public static string WriteDense(CausalLM model, DenseFormat format)
    {
        var fields = model.Config.Source?.DeepClone().AsObject() ?? New(model.Config);
        fields[fields.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = format.Name;
        fields.Remove("quantization_config");
        return PythonJson.Write(fields.ToDictionary()) + "\n";
    }

    /// <summary>The config of a shape, of which nothing is stored.</summary>
    public static string Write(ModelConfig config) =>
        PythonJson.Write((config.Source?.DeepClone().AsObject() ?? New(config)).ToDictionary()) + "\n";

    private static string DType(StoredWeight weight) =>
        (weight.Format is DenseFormat dense ? dense.Type : ScalarType.Float32).ToString().ToLowerInvariant();

    private static JsonObject Quantization(CausalLM model, JsonObject? read)
    {
        var format = (BlockFormat4)model.Projections.Values.First(p => ModelFiles.Is4Bit(model, p)).Weight.Format;
        var fields = read?.DeepClone().AsObject() ?? new JsonObject
        {
            ["_load_in_4bit"] = true,
            ["_load_in_8bit"] = false,
            ["bnb_4bit_compute_dtype"] = "float32",
            ["bnb_4bit_quant_storage"] = "uint8",
            ["llm_int8_enable_fp32_cpu_offload"] = false,
            ["llm_int8_has_fp16_weight"] = false,
            ["llm_int8_threshold"] = PythonJson.Float(6),
            ["load_in_4bit"] = true,
            ["load_in_8bit"] = false,
            ["quant_method"] = "bitsandbytes",
        };
        fields["bnb_4bit_quant_type"] = format.Book.Name;
        fields["bnb_4bit_use_double_quant"] = format.DoubleQuantization;
        fields["llm_int8_skip_modules"] = Skipped(model);
        return fields;
    }

    // Without a list transformers leaves the head alone, and only the head.
    private static JsonArray? Skipped(CausalLM model)
    {
        var skipped = model.Projections.Values.Where(p => !ModelFiles.Is4Bit(model, p)).ToList();
        return skipped is [var only] && ReferenceEquals(only, model.Head) ? null : [.. skipped.Select(p => (JsonNode)p.Path)];
    }

    private static JsonObject New(ModelConfig c)
    {
        var fields = new JsonObject
        {
            ["architectures"] = new JsonArray(c.Family.Architecture),
            ["attention_dropout"] = PythonJson.Float(0),
            ["head_dim"] = c.HeadSize,
            ["hidden_act"] = "silu",
            ["hidden_size"] = c.HiddenSize,
            ["initializer_range"] = PythonJson.Float(c.InitializerRange),
            ["intermediate_size"] = c.IntermediateSize,
            ["max_position_embeddings"] = c.MaxPositions,
            ["model_type"] = c.Family.ModelType,
            ["num_attention_heads"] = c.Heads,
            ["num_hidden_layers"] = c.Layers,
            ["num_key_value_heads"] = c.KeyValueHeads,
            ["rms_norm_eps"] = PythonJson.Float(c.NormEpsilon),
            ["tie_word_embeddings"] = c.TiedEmbeddings,
            ["vocab_size"] = c.VocabularySize,
            ["rope_theta"] = PythonJson.Float(c.Rotary.Theta),
        };
        if (!c.Family.QueryKeyValueBias)
            (fields["attention_bias"], fields["mlp_bias"]) = (c.QueryKeyValueBias, c.FeedForwardBias);
        if (c.BeginToken is { } begin)
            fields["bos_token_id"] = begin;
        if (c.EndTokens.Count > 0)
            fields["eos_token_id"] = new JsonArray([.. c.EndTokens.Select(t => (JsonNode)t)]);
        if (c.Rotary.Scaling is { } scaling)
            fields["rope_scaling"] = Scaling(scaling);
        return fields;
    }

    private static JsonObject Scaling(Llama3RotaryScaling scaling) => new()
    {
        ["factor"] = PythonJson.Float(scaling.Factor),
        ["high_freq_factor"] = PythonJson.Float(scaling.HighFrequencyFactor),
        ["low_freq_factor"] = PythonJson.Float(scaling.LowFrequencyFactor),
        ["original_max_position_embeddings"] = scaling.OriginalPositions,
        ["rope_type"] = "llama3",
    };
}
