namespace PeftLabs.Models;

/// <summary>How a family writes its config.json: the names of its fields, what they are where they are missing, and what must not be said.</summary>
public sealed record ConfigFields
{
    /// <summary>Features of the residual stream.</summary>
    public string HiddenSize { get; init; } = "hidden_size";

    /// <summary>Features within the feed-forward.</summary>
    public string IntermediateSize { get; init; } = "intermediate_size";

    /// <summary><see cref="IntermediateSize"/> as a multiple of the hidden size where the field is missing or null; null where it must be there.</summary>
    public int? IntermediateTimesHidden { get; init; }

    /// <summary>Decoder blocks.</summary>
    public string Layers { get; init; } = "num_hidden_layers";

    /// <summary>Query heads.</summary>
    public string Heads { get; init; } = "num_attention_heads";

    /// <summary>Key and value heads; null where there are always as many as query heads.</summary>
    public string? KeyValueHeads { get; init; } = "num_key_value_heads";

    /// <summary>Features of a head; null where they follow from the hidden size alone.</summary>
    public string? HeadSize { get; init; } = "head_dim";

    /// <summary><see cref="HeadSize"/> where the field is missing; null for the hidden size over the heads.</summary>
    public int? DefaultHeadSize { get; init; }

    /// <summary>Longest sequence.</summary>
    public string MaxPositions { get; init; } = "max_position_embeddings";

    /// <summary>What a norm adds under its root.</summary>
    public string NormEpsilon { get; init; } = "rms_norm_eps";

    /// <summary>The same where the field is missing.</summary>
    public double DefaultNormEpsilon { get; init; } = 1e-6;

    /// <summary>The activations' fields, of which the first that is there counts.</summary>
    public IReadOnlyList<string> Activation { get; init; } = ["hidden_act"];

    /// <summary>The activation where no field is there.</summary>
    public string DefaultActivation { get; init; } = "silu";

    /// <summary><c>attention_bias</c> where the field is missing.</summary>
    public bool DefaultAttentionBias { get; init; }

    /// <summary><c>tie_word_embeddings</c> where the field is missing.</summary>
    public bool DefaultTied { get; init; }

    /// <summary>Base of the wavelengths of rotary positions.</summary>
    public string RotaryTheta { get; init; } = "rope_theta";

    /// <summary>The share of a head's features that is turned.</summary>
    public string RotaryShare { get; init; } = "partial_rotary_factor";

    /// <summary>The share of a head's features that is turned, where no field says it; null where all are, and no field may say less.</summary>
    public double? RotaryFraction { get; init; }

    /// <summary>True where the field <c>sliding_window</c> counts.</summary>
    public bool HasWindow { get; init; }

    /// <summary><c>sliding_window</c> where the field is missing; null for no window. One that is null in config.json means none.</summary>
    public int? DefaultWindow { get; init; }

    /// <summary>True where the window counts only with <c>use_sliding_window</c>, from layer <c>max_window_layers</c> on.</summary>
    public bool IsWindowOptional { get; init; }

    /// <summary>True where every second layer has the window, the first among them, unless <c>layer_types</c> says otherwise.</summary>
    public bool IsWindowAlternating { get; init; }

    /// <summary>True where scores and logits are capped, and scores are scaled by <c>query_pre_attn_scalar</c>.</summary>
    public bool HasSoftCaps { get; init; }

    /// <summary>Fields of which one value alone is done, as JSON text; another one is refused by the field's name.</summary>
    public IReadOnlyDictionary<string, string> Required { get; init; } = new Dictionary<string, string>();
}
