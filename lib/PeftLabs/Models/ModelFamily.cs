namespace PeftLabs.Models;

/// <summary>
/// What sets one family of models apart, as data: the names of its tensors as its checkpoints write them, its norms, which of its
/// projections are one matrix or carry a bias, and how its config.json reads. <c>{0}</c> in <see cref="Layer"/> stands for the layer's number.
/// </summary>
public sealed partial record ModelFamily
{
    /// <summary>The class named under <c>architectures</c> in config.json.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>model_type</c> in config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>How its config.json is written.</summary>
    public ConfigFields Fields { get; init; } = new();

    /// <summary>How its norms scale.</summary>
    public NormKind Norm { get; init; }

    /// <summary>True where query, key and value have a bias whatever config.json says of <c>attention_bias</c>.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>True where attention's output projection and the feed-forward have a bias whatever config.json says.</summary>
    public bool OtherBiases { get; init; }

    /// <summary>True where the feed-forward has a gate; false where its activation stands between two projections alone.</summary>
    public bool IsGated { get; init; } = true;

    /// <summary>True where attention and feed-forward both read the block's input, unless <c>use_parallel_residual</c> says otherwise.</summary>
    public bool IsParallel { get; init; }

    /// <summary>True where embeddings are multiplied by the root of the hidden size.</summary>
    public bool ScalesEmbedding { get; init; }

    /// <summary>True where checkpoints hold the blocks' matrices as <c>[in, out]</c> (transformers' Conv1D).</summary>
    public bool IsTransposed { get; init; }

    /// <summary>What the names of all tensors but the head begin with; checkpoints of the model without its head leave it out.</summary>
    public string Prefix { get; init; } = "model.";

    /// <summary>The token embedding's module.</summary>
    public string Embedding { get; init; } = "model.embed_tokens";

    /// <summary>The learned embedding of positions; null where there is none.</summary>
    public string? Positions { get; init; }

    /// <summary>The norm before the head.</summary>
    public string FinalNorm { get; init; } = "model.norm";

    /// <summary>The head's module.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>A decoder block's module.</summary>
    public string Layer { get; init; } = "model.layers.{0}";

    /// <summary>The norm before attention, within a block.</summary>
    public string AttentionNorm { get; init; } = "input_layernorm";

    /// <summary>The norm of attention's output, within a block; null where there is none.</summary>
    public string? AttentionPostNorm { get; init; }

    /// <summary>The norm before the feed-forward, within a block.</summary>
    public string FeedForwardNorm { get; init; } = "post_attention_layernorm";

    /// <summary>The norm of the feed-forward's output, within a block; null where there is none.</summary>
    public string? FeedForwardPostNorm { get; init; }

    /// <summary>The query projection, within a block.</summary>
    public string Query { get; init; } = "self_attn.q_proj";

    /// <summary>The key projection, within a block.</summary>
    public string Key { get; init; } = "self_attn.k_proj";

    /// <summary>The value projection, within a block.</summary>
    public string Value { get; init; } = "self_attn.v_proj";

    /// <summary>The projection that is query, key and value in one, within a block; null where there are three.</summary>
    public string? QueryKeyValue { get; init; }

    /// <summary>In which order <see cref="QueryKeyValue"/> gives them.</summary>
    public FusedHeads QueryKeyValueOrder { get; init; }

    /// <summary>The norm of each query head, within a block; null where there is none.</summary>
    public string? QueryNorm { get; init; }

    /// <summary>The norm of each key head, within a block; null where there is none.</summary>
    public string? KeyNorm { get; init; }

    /// <summary>The projection of attention's output, within a block.</summary>
    public string Output { get; init; } = "self_attn.o_proj";

    /// <summary>The gate of the feed-forward, within a block.</summary>
    public string Gate { get; init; } = "mlp.gate_proj";

    /// <summary>The feed-forward's projection up, within a block.</summary>
    public string Up { get; init; } = "mlp.up_proj";

    /// <summary>The projection that is gate and up in one, the gate first, within a block; null where there are two.</summary>
    public string? GateUp { get; init; }

    /// <summary>The feed-forward's projection down, within a block.</summary>
    public string Down { get; init; } = "mlp.down_proj";

    /// <summary>Ends of names that old checkpoints hold and that follow from the config.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = ["rotary_emb.inv_freq"];

    /// <summary>The projections that attention's input goes through, within a block: three, or one that is all of them.</summary>
    internal IReadOnlyList<string> AttentionInputs => QueryKeyValue is { } fused ? [fused] : [Query, Key, Value];

    /// <summary>The projections that the feed-forward's input goes through, within a block.</summary>
    internal IReadOnlyList<string> FeedForwardInputs => GateUp is { } fused ? [fused] : IsGated ? [Gate, Up] : [Up];

    /// <summary>The module of block <paramref name="layer"/>, for example <c>model.layers.3</c>.</summary>
    public string LayerName(int layer) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Layer, layer);
}
