using System.Runtime.InteropServices;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Tests.Models;

/// <summary>Small models, written as checkpoints.</summary>
internal static class TestModels
{
    public static ModelConfig Config { get; } = new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 96,
        HiddenSize = 64,
        IntermediateSize = 128,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 16,
    };

    /// <summary>Writes config.json and model.safetensors of a model with random weights.</summary>
    public static void Write(ModelConfig config, string folder, SafeTensorType type, Action<string, float[]>? change = null)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            { "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": {{config.VocabularySize}},
              "hidden_size": {{config.HiddenSize}}, "intermediate_size": {{config.IntermediateSize}}, "num_hidden_layers": {{config.Layers}},
              "num_attention_heads": {{config.Heads}}, "num_key_value_heads": {{config.KeyValueHeads}}, "head_dim": {{config.HeadSize}},
              "tie_word_embeddings": false, "rms_norm_eps": 1e-5 }
            """);
        var tensors = Tensors(config).Select(t => new SafeTensorSpec(t.Name, type, t.Shape)).ToList();
        using var writer = new SafeTensorsWriter(Path.Combine(folder, "model.safetensors"), tensors);
        foreach (var spec in tensors)
        {
            var values = new float[spec.Shape.Aggregate((a, b) => a * b)];
            new NormalNumbers(1, spec.Name, 0.1).Fill(values, 0);
            change?.Invoke(spec.Name, values);
            writer.Write(spec.Name, Bytes(values, type));
        }
        writer.Commit();
    }

    private static ReadOnlySpan<byte> Bytes(float[] values, SafeTensorType type)
    {
        if (type == SafeTensorType.Float32)
            return MemoryMarshal.AsBytes(values.AsSpan());
        var codes = new ushort[values.Length];
        new SixteenBitCodec(SixteenBitFormat.BFloat16).Narrow(values, codes);
        return MemoryMarshal.AsBytes(codes.AsSpan());
    }

    private static IEnumerable<(string Name, long[] Shape)> Tensors(ModelConfig c)
    {
        long query = c.Heads * c.HeadSize, keyValue = c.KeyValueHeads * c.HeadSize;
        yield return ("model.embed_tokens.weight", [c.VocabularySize, c.HiddenSize]);
        yield return ("lm_head.weight", [c.VocabularySize, c.HiddenSize]);
        yield return ("model.norm.weight", [c.HiddenSize]);
        for (var i = 0; i < c.Layers; i++)
        {
            yield return ($"model.layers.{i}.input_layernorm.weight", [c.HiddenSize]);
            yield return ($"model.layers.{i}.post_attention_layernorm.weight", [c.HiddenSize]);
            yield return ($"model.layers.{i}.self_attn.q_proj.weight", [query, c.HiddenSize]);
            yield return ($"model.layers.{i}.self_attn.k_proj.weight", [keyValue, c.HiddenSize]);
            yield return ($"model.layers.{i}.self_attn.v_proj.weight", [keyValue, c.HiddenSize]);
            yield return ($"model.layers.{i}.self_attn.o_proj.weight", [c.HiddenSize, query]);
            yield return ($"model.layers.{i}.mlp.gate_proj.weight", [c.IntermediateSize, c.HiddenSize]);
            yield return ($"model.layers.{i}.mlp.up_proj.weight", [c.IntermediateSize, c.HiddenSize]);
            yield return ($"model.layers.{i}.mlp.down_proj.weight", [c.HiddenSize, c.IntermediateSize]);
        }
    }
}
