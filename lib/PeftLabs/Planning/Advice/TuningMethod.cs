namespace PeftLabs.Planning.Advice;

/// <summary>What is trained, and how the frozen weights are stored.</summary>
public enum TuningMethod
{
    /// <summary>Every weight is trained, in float32.</summary>
    Full,

    /// <summary>LoRA (arXiv 2106.09685) on float32 weights.</summary>
    Lora,

    /// <summary>LoRA on bfloat16 weights.</summary>
    LoraBFloat16,

    /// <summary>LoRA on NF4 weights with doubly quantized scales (QLoRA, arXiv 2305.14314).</summary>
    QLora,
}
