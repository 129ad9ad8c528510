namespace PeftLabs.Models;

/// <summary>
/// What sets one family of models apart, as data: the names of its tensors as its checkpoints write them, and which of its
/// projections carry a bias. <c>{0}</c> in <see cref="Layer"/> stands for the layer's number.
/// </summary>
public sealed record ModelFamily
{
    /// <summary>Llama 2 and 3 and their kin (TinyLlama, SmolLM2).</summary>
    public static ModelFamily Llama { get; } = new() { Architecture = "LlamaForCausalLM", ModelType = "llama" };

    /// <summary>Qwen2 and Qwen2.5: Llama with a bias on query, key and value.</summary>
    public static ModelFamily Qwen2 { get; } =
        new() { Architecture = "Qwen2ForCausalLM", ModelType = "qwen2", QueryKeyValueBias = true };

    /// <summary>Every family that the kit opens.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = [Llama, Qwen2];

    /// <summary>The class named under <c>architectures</c> in config.json.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>model_type</c> in config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>True where query, key and value have a bias whatever config.json says of <c>attention_bias</c>.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>The token embedding's module.</summary>
    public string Embedding { get; init; } = "model.embed_tokens";

    /// <summary>The norm before the head.</summary>
    public string FinalNorm { get; init; } = "model.norm";

    /// <summary>The head's module.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>A decoder block's module.</summary>
    public string Layer { get; init; } = "model.layers.{0}";

    /// <summary>The norm before attention, within a block.</summary>
    public string AttentionNorm { get; init; } = "input_layernorm";

    /// <summary>The norm before the feed-forward, within a block.</summary>
    public string FeedForwardNorm { get; init; } = "post_attention_layernorm";

    /// <summary>The query projection, within a block.</summary>
    public string Query { get; init; } = "self_attn.q_proj";

    /// <summary>The key projection, within a block.</summary>
    public string Key { get; init; } = "self_attn.k_proj";

    /// <summary>The value projection, within a block.</summary>
    public string Value { get; init; } = "self_attn.v_proj";

    /// <summary>The projection of attention's output, within a block.</summary>
    public string Output { get; init; } = "self_attn.o_proj";

    /// <summary>The gate of the feed-forward, within a block.</summary>
    public string Gate { get; init; } = "mlp.gate_proj";

    /// <summary>The feed-forward's projection up, within a block.</summary>
    public string Up { get; init; } = "mlp.up_proj";

    /// <summary>The feed-forward's projection down, within a block.</summary>
    public string Down { get; init; } = "mlp.down_proj";

    /// <summary>The module of block <paramref name="layer"/>, for example <c>model.layers.3</c>.</summary>
    public string LayerName(int layer) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Layer, layer);
}
