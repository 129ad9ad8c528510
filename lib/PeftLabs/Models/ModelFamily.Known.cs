namespace PeftLabs.Models;

// The families.
public sealed partial record ModelFamily
{
    private static readonly Dictionary<string, string> s_wholeHeads = new() { ["partial_rotary_factor"] = "1", ["attention_dropout"] = "0" };

    /// <summary>Llama 2 and 3 and their kin (TinyLlama, SmolLM2).</summary>
    public static ModelFamily Llama { get; } =
        new() { Architecture = "LlamaForCausalLM", ModelType = "llama", Fields = new() { Required = s_wholeHeads } };

    /// <summary>Qwen2 and Qwen2.5: Llama with a bias on query, key and value.</summary>
    public static ModelFamily Qwen2 { get; } = new()
    {
        Architecture = "Qwen2ForCausalLM",
        ModelType = "qwen2",
        QueryKeyValueBias = true,
        Fields = new() { HasWindow = true, DefaultWindow = 4096, IsWindowOptional = true, Required = s_wholeHeads },
    };

    /// <summary>Qwen3: Llama with a norm of each query head and key head.</summary>
    public static ModelFamily Qwen3 { get; } = new()
    {
        Architecture = "Qwen3ForCausalLM",
        ModelType = "qwen3",
        QueryNorm = "self_attn.q_norm",
        KeyNorm = "self_attn.k_norm",
        Fields = new() { DefaultHeadSize = 128, HasWindow = true, DefaultWindow = 4096, IsWindowOptional = true, Required = s_wholeHeads },
    };

    /// <summary>Mistral: Llama whose attention sees a window.</summary>
    public static ModelFamily Mistral { get; } = new()
    {
        Architecture = "MistralForCausalLM",
        ModelType = "mistral",
        Fields = new()
        {
            HasWindow = true,
            DefaultWindow = 4096,
            Required = new Dictionary<string, string>(s_wholeHeads) { ["attention_bias"] = "false", ["mlp_bias"] = "false" },
        },
    };

    /// <summary>Phi-3: query, key and value in one projection, gate and up in another.</summary>
    public static ModelFamily Phi3 { get; } = new()
    {
        Architecture = "Phi3ForCausalLM",
        ModelType = "phi3",
        QueryKeyValue = "self_attn.qkv_proj",
        GateUp = "mlp.gate_up_proj",
        Fields = new()
        {
            DefaultNormEpsilon = 1e-5,
            RotaryFraction = 1,
            HasWindow = true,
            Required = new Dictionary<string, string>
            {
                ["attention_dropout"] = "0",
                ["resid_pdrop"] = "0",
                ["embd_pdrop"] = "0",
                ["attention_bias"] = "false",
                ["mlp_bias"] = "false",
            },
        },
    };

    /// <summary>Gemma 2: four norms a block, soft caps on scores and logits, and a window in every second layer.</summary>
    public static ModelFamily Gemma2 { get; } = new()
    {
        Architecture = "Gemma2ForCausalLM",
        ModelType = "gemma2",
        Norm = NormKind.RootMeanSquarePlusOne,
        ScalesEmbedding = true,
        AttentionPostNorm = "post_attention_layernorm",
        FeedForwardNorm = "pre_feedforward_layernorm",
        FeedForwardPostNorm = "post_feedforward_layernorm",
        Fields = new()
        {
            DefaultHeadSize = 256,
            Activation = ["hidden_activation"],
            DefaultActivation = "gelu_pytorch_tanh",
            DefaultTied = true,
            HasWindow = true,
            DefaultWindow = 4096,
            IsWindowAlternating = true,
            HasSoftCaps = true,
            Required = new Dictionary<string, string>(s_wholeHeads) { ["use_bidirectional_attention"] = "false", ["mlp_bias"] = "false" },
        },
    };

    /// <summary>GPT-NeoX and Pythia: layer norms, biases, both halves of a block from one input, a share of each head turned.</summary>
    public static ModelFamily GptNeoX { get; } = new()
    {
        Architecture = "GPTNeoXForCausalLM",
        ModelType = "gpt_neox",
        Norm = NormKind.Layer,
        OtherBiases = true,
        IsGated = false,
        IsParallel = true,
        Prefix = "gpt_neox.",
        Embedding = "gpt_neox.embed_in",
        FinalNorm = "gpt_neox.final_layer_norm",
        Head = "embed_out",
        Layer = "gpt_neox.layers.{0}",
        QueryKeyValue = "attention.query_key_value",
        QueryKeyValueOrder = FusedHeads.Interleaved,
        Output = "attention.dense",
        Up = "mlp.dense_h_to_4h",
        Down = "mlp.dense_4h_to_h",
        Ignored = ["rotary_emb.inv_freq", "attention.bias", "attention.masked_bias"],
        Fields = new()
        {
            KeyValueHeads = null,
            HeadSize = null,
            NormEpsilon = "layer_norm_eps",
            DefaultNormEpsilon = 1e-5,
            DefaultActivation = "gelu",
            DefaultAttentionBias = true,
            RotaryTheta = "rotary_emb_base",
            RotaryShare = "rotary_pct",
            RotaryFraction = 0.25,
            Required = new Dictionary<string, string> { ["attention_dropout"] = "0", ["hidden_dropout"] = "0" },
        },
    };

    /// <summary>
    /// GPT-2: learned positions, layer norms, biases, matrices stored [in, out]. Its dropout (<c>attn_pdrop</c>, <c>embd_pdrop</c>,
    /// <c>resid_pdrop</c>) belongs to pretraining and is not applied: fine-tuning here drops nothing but what an adapter says.
    /// </summary>
    public static ModelFamily Gpt2 { get; } = new()
    {
        Architecture = "GPT2LMHeadModel",
        ModelType = "gpt2",
        Norm = NormKind.Layer,
        QueryKeyValueBias = true,
        OtherBiases = true,
        IsGated = false,
        IsTransposed = true,
        Prefix = "transformer.",
        Embedding = "transformer.wte",
        Positions = "transformer.wpe",
        FinalNorm = "transformer.ln_f",
        Layer = "transformer.h.{0}",
        AttentionNorm = "ln_1",
        FeedForwardNorm = "ln_2",
        QueryKeyValue = "attn.c_attn",
        Output = "attn.c_proj",
        Up = "mlp.c_fc",
        Down = "mlp.c_proj",
        Ignored = ["attn.bias", "attn.masked_bias"],
        Fields = new()
        {
            HiddenSize = "n_embd",
            IntermediateSize = "n_inner",
            IntermediateTimesHidden = 4,
            Layers = "n_layer",
            Heads = "n_head",
            KeyValueHeads = null,
            HeadSize = null,
            MaxPositions = "n_positions",
            NormEpsilon = "layer_norm_epsilon",
            DefaultNormEpsilon = 1e-5,
            Activation = ["activation_function"],
            DefaultActivation = "gelu_new",
            DefaultTied = true,
            RotaryFraction = 0,
            Required = new Dictionary<string, string>
            {
                ["scale_attn_weights"] = "true",
                ["scale_attn_by_inverse_layer_idx"] = "false",
                ["add_cross_attention"] = "false",
            },
        },
    };

    /// <summary>Every family that the kit opens.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = [Llama, Qwen2, Qwen3, Mistral, Phi3, Gemma2, GptNeoX, Gpt2];
}
