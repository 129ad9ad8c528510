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
        var f = c.Family.Fields;
        var fields = new JsonObject
        {
            ["architectures"] = new JsonArray(c.Family.Architecture),
            [f.Activation[0]] = Name(c.Activation),
            [f.HiddenSize] = c.HiddenSize,
            ["initializer_range"] = PythonJson.Float(c.InitializerRange),
            [f.IntermediateSize] = c.IntermediateSize,
            [f.MaxPositions] = c.MaxPositions,
            ["model_type"] = c.Family.ModelType,
            [f.Heads] = c.Heads,
            [f.Layers] = c.Layers,
            [f.NormEpsilon] = PythonJson.Float(c.NormEpsilon),
            ["tie_word_embeddings"] = c.TiedEmbeddings,
            ["vocab_size"] = c.VocabularySize,
        };
        if (c.Family.Positions is null)
            fields["attention_dropout"] = PythonJson.Float(0);
        if (f.HeadSize is { } headSize)
            fields[headSize] = c.HeadSize;
        if (f.KeyValueHeads is { } keyValueHeads)
            fields[keyValueHeads] = c.KeyValueHeads;
        if (!c.Family.QueryKeyValueBias)
            fields["attention_bias"] = c.QueryKeyValueBias;
        if (!c.Family.QueryKeyValueBias && !c.Family.OtherBiases)
            fields["mlp_bias"] = c.FeedForwardBias;
        if (c.BeginToken is { } begin)
            fields["bos_token_id"] = begin;
        if (c.EndTokens.Count > 0)
            fields["eos_token_id"] = new JsonArray([.. c.EndTokens.Select(t => (JsonNode)t)]);
        AddAttention(fields, c);
        return fields;
    }

    private static void AddAttention(JsonObject fields, ModelConfig c)
    {
        if (c.Family.IsParallel)
            fields["use_parallel_residual"] = c.IsParallel;
        if (c.Family.Positions is null)
            fields[c.Family.Fields.RotaryTheta] = PythonJson.Float(c.Rotary.Theta);
        if (c.Family.Fields.RotaryFraction is > 0)
            fields[c.Family.Fields.RotaryShare] = PythonJson.Float(c.Rotary.Fraction);
        if (c.Family.Fields.HasWindow)
            AddWindow(fields, c);
        if (c.Family.Fields.HasSoftCaps)
        {
            fields["attn_logit_softcapping"] = Cap(c.AttentionSoftCap);
            fields["final_logit_softcapping"] = Cap(c.LogitSoftCap);
            fields["query_pre_attn_scalar"] = PythonJson.Float(c.AttentionScale is { } scale ? 1 / (scale * scale) : c.HeadSize);
        }
        if (c.Rotary.Scaling is { } scaling)
            fields["rope_scaling"] = Scaling(scaling);
        if (c.Rotary.LongScaling is { } longScaling)
            fields["rope_scaling"] = Scaling(longScaling);
    }

    private static void AddWindow(JsonObject fields, ModelConfig c)
    {
        if (c.Family.Fields.IsWindowOptional)
            fields["use_sliding_window"] = c.Window is not null;
        fields["sliding_window"] = c.Window;
        if (c.Window is not null && (c.WindowedLayers is not null || c.Family.Fields.IsWindowOptional || c.Family.Fields.IsWindowAlternating))
            fields["layer_types"] = new JsonArray([.. Enumerable.Range(0, c.Layers)
                .Select(i => (JsonNode)(c.WindowOf(i) is null ? "full_attention" : "sliding_attention"))]);
    }

    private static JsonNode? Cap(double? cap) => cap is { } some ? PythonJson.Float(some) : null;

    private static string Name(Activation activation) => activation switch
    {
        Activation.Silu => "silu",
        Activation.Gelu => "gelu",
        _ => "gelu_pytorch_tanh",
    };

    private static JsonObject Scaling(LongRotaryScaling scaling) => new()
    {
        ["attention_factor"] = PythonJson.Float(scaling.Attention),
        ["long_factor"] = new JsonArray([.. scaling.Long.Select(PythonJson.Float)]),
        ["original_max_position_embeddings"] = scaling.OriginalPositions,
        ["rope_type"] = "longrope",
        ["short_factor"] = new JsonArray([.. scaling.Short.Select(PythonJson.Float)]),
    };

    private static JsonObject Scaling(Llama3RotaryScaling scaling) => new()
    {
        ["factor"] = PythonJson.Float(scaling.Factor),
        ["high_freq_factor"] = PythonJson.Float(scaling.HighFrequencyFactor),
        ["low_freq_factor"] = PythonJson.Float(scaling.LowFrequencyFactor),
        ["original_max_position_embeddings"] = scaling.OriginalPositions,
        ["rope_type"] = "llama3",
    };
}
