using System.Text.Json.Nodes;
using PeftLabs.Models;

namespace PeftLabs.Tests.Models;

public class ModelConfigTests
{
    [Theory]
    [InlineData("llama", "hidden_act", "\"relu\"", "'relu'")]
    [InlineData("llama", "attention_dropout", "0.1", "attention_dropout is 0.1")]
    [InlineData("llama", "partial_rotary_factor", "0.5", "partial_rotary_factor is 0.5")]
    [InlineData("mistral", "sliding_window", "0", "sliding_window is 0")]
    [InlineData("mistral", "attention_bias", "true", "attention_bias is true")]
    [InlineData("qwen3", "layer_types", "[\"full_attention\",\"linear_attention\"]", "layer_types")]
    [InlineData("gemma2", "use_bidirectional_attention", "true", "use_bidirectional_attention is true")]
    [InlineData("gemma2", "final_logit_softcapping", "-1.0", "final_logit_softcapping is -1")]
    [InlineData("phi3", "resid_pdrop", "0.1", "resid_pdrop is 0.1")]
    [InlineData("gpt_neox", "hidden_dropout", "0.1", "hidden_dropout is 0.1")]
    [InlineData("gpt_neox", "num_attention_heads", "5", "5 heads")]
    [InlineData("gpt_neox", "rotary_pct", "1.5", "rotary_pct is 1.5")]
    [InlineData("gpt_neox", "rotary_pct", "-0.5", "rotary_pct is -0.5")]
    [InlineData("gpt_neox", "rotary_pct", "0.2", "which turns 3 of a head's 16 features")]
    [InlineData("phi3", "head_dim", "5", "which turns 5 of a head's 5 features")]
    [InlineData("llama", "tie_word_embeddings", "\"yes\"", "tie_word_embeddings is \"yes\"; true or false is expected")]
    [InlineData("llama", "eos_token_id", "[1, \"two\"]", "eos_token_id is [1,\"two\"]")]
    [InlineData("gpt2", "scale_attn_weights", "false", "scale_attn_weights is false")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is true")]
    [InlineData("gpt2", "add_cross_attention", "true", "add_cross_attention is true")]
    [InlineData("gpt2", "architectures", "[\"MambaForCausalLM\"]", "'MambaForCausalLM'")]
    public void An_option_that_is_not_done_is_refused_by_its_name(string name, string field, string value, string found)
    {
        var refused = Assert.Throws<ModelFormatException>(() => Read(name, f =>
        {
            if (field == "rotary_pct")
                f.Remove("rope_parameters");
            f[field] = JsonNode.Parse(value);
        }));
        Assert.Contains(found, refused.Message);
    }

    [Fact]
    public void What_an_old_file_leaves_out_is_what_transformers_takes_for_it()
    {
        var gemma = Read("gemma2", f => Remove(f, "tie_word_embeddings", "layer_types", "attn_logit_softcapping", "query_pre_attn_scalar", "hidden_activation"));
        Assert.True(gemma is { TiedEmbeddings: true, AttentionSoftCap: 50, Activation: Activation.GeluTanh, AttentionScale: 1.0 / 16 });
        Assert.Equal([6, null], [gemma.WindowOf(0), gemma.WindowOf(1)]);
        // hidden_act was Gemma's field, and is read no more.
        Assert.Equal(Activation.GeluTanh, Read("gemma2", f => (f["hidden_activation"], f["hidden_act"]) = (null, "gelu")).Activation);
        Assert.Equal(4096, Read("gemma2", f => Remove(f, "sliding_window")).Window);
        Assert.Equal(4096, Read("mistral", f => Remove(f, "sliding_window")).Window);
        Assert.Null(Read("mistral", f => f["sliding_window"] = null).Window);
        Assert.Null(Read("phi3", f => Remove(f, "sliding_window")).Window);
        var neox = Read("gpt_neox", f =>
        {
            Remove(f, "rope_parameters", "attention_bias", "use_parallel_residual");
            (f["rotary_pct"], f["rotary_emb_base"]) = (0.5, 500);
        });
        Assert.True(neox is { IsParallel: true, QueryKeyValueBias: true, OutputBias: true, Rotary: { Fraction: 0.5, Theta: 500 } });
        Assert.False(Read("gpt_neox", f => f["use_parallel_residual"] = false).IsParallel);
        Assert.Equal(256, Read("gpt2", f => Remove(f, "n_inner", "tie_word_embeddings")).IntermediateSize);
    }

    [Fact]
    public void Qwens_window_counts_when_it_is_switched_on_and_from_its_layer_on()
    {
        Assert.Null(Read("qwen2", f => f["sliding_window"] = 4).Window);
        var on = Read("qwen2", f =>
        {
            Remove(f, "layer_types");
            (f["sliding_window"], f["use_sliding_window"], f["max_window_layers"]) = (4, true, 1);
        });
        Assert.Equal([null, 4], [on.WindowOf(0), on.WindowOf(1)]);
    }

    [Fact]
    public void Phis_long_factors_hold_for_texts_beyond_the_original_context()
    {
        static JsonArray Factors(double of) => [.. Enumerable.Range(0, 8).Select(_ => (JsonNode)of)];
        var config = Read("phi3", f =>
        {
            (f["max_position_embeddings"], f["original_max_position_embeddings"]) = (64, 16);
            f["rope_scaling"] = new JsonObject { ["type"] = "su", ["short_factor"] = Factors(1), ["long_factor"] = Factors(4) };
            f.Remove("rope_parameters");
        });
        var (brief, lengthy) = (config.Rotary.InverseFrequencies(16, 16), config.Rotary.InverseFrequencies(16, 17));
        Assert.Equal([1, 0.25], [brief[0], lengthy[0]]);
        // √(1 + ln 4 / ln 16)
        Assert.Equal(Math.Sqrt(1.5), config.Rotary.LongScaling!.Attention, 1e-12);
        using var rotation = new Rotation(config.Rotary, 16, 0, 3, TorchSharp.torch.CPU);
        Assert.Equal(Math.Sqrt(1.5), rotation.Cosines[0, 0].item<float>(), 1e-6);
        var refused = Assert.Throws<ModelFormatException>(() => Read("phi3", f =>
            f["rope_parameters"] = new JsonObject { ["rope_type"] = "longrope", ["short_factor"] = Factors(1) }));
        Assert.Contains("long_factor is missing", refused.Message);
    }

    private static void Remove(JsonObject fields, params string[] names) => Array.ForEach(names, n => fields.Remove(n));

    private static ModelConfig Read(string name, Action<JsonObject> change)
    {
        var fields = JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", name, "config.json")))!.AsObject();
        change(fields);
        return ModelConfigReader.Read("config.json", JsonNode.Parse(fields.ToJsonString())!.AsObject());
    }
}
