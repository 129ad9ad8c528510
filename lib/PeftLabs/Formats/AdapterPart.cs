namespace PeftLabs.Formats;

/// <summary>What a tensor of an adapter file is to its module.</summary>
public enum AdapterPart
{
    /// <summary>LoRA's A of a linear map, [rank, in].</summary>
    LoraA,
    /// <summary>LoRA's B of a linear map, [out, rank].</summary>
    LoraB,
    /// <summary>LoRA's A of an embedding, [rank, vocabulary].</summary>
    LoraEmbeddingA,
    /// <summary>LoRA's B of an embedding, [hidden, rank].</summary>
    LoraEmbeddingB,
    /// <summary>The module's own weight, trained whole (modules_to_save) or kept beside LoRA on an embedding.</summary>
    Weight,
    /// <summary>The module's own bias, trained (bias = all or lora_only, or modules_to_save).</summary>
    Bias,
}
