namespace PeftLabs.Formats;

/// <summary>A tensor of an adapter, by what it is.</summary>
/// <param name="Module">The module's path in the base model, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Part">What it is to that module.</param>
public sealed record AdapterTensorName(string Module, AdapterPart Part)
{
    // PEFT wraps the model twice: in PeftModel and in its tuner.
    private const string Prefix = "base_model.model.";

    private static readonly (string Suffix, AdapterPart Part)[] Suffixes =
    [
        (".lora_A.weight", AdapterPart.LoraA), (".lora_B.weight", AdapterPart.LoraB),
        (".lora_embedding_A", AdapterPart.LoraEmbeddingA), (".lora_embedding_B", AdapterPart.LoraEmbeddingB),
        (".base_layer.weight", AdapterPart.Weight), (".base_layer.bias", AdapterPart.Bias),
        (".weight", AdapterPart.Weight), (".bias", AdapterPart.Bias),
    ];

    /// <summary>Whether the part is one of LoRA's matrices.</summary>
    public bool IsLora => Part < AdapterPart.Weight;

    /// <summary>Reads PEFT's name; null where it names no part of a LoRA adapter.</summary>
    public static AdapterTensorName? Parse(string name)
    {
        var (suffix, part) = Array.Find(Suffixes, row => name.EndsWith(row.Suffix, StringComparison.Ordinal));
        if (suffix is null || !name.StartsWith(Prefix, StringComparison.Ordinal) || name.Length <= Prefix.Length + suffix.Length)
            return null;
        var module = name[Prefix.Length..^suffix.Length];
        // A bias of LoRA's own and the like: a part of LoRA, but not one of those above.
        return module.Split('.')[^1].StartsWith("lora_", StringComparison.Ordinal) ? null : new(module, part);
    }

    /// <summary>PEFT's name. A module that carries LoRA keeps its own parameters in its <c>base_layer</c>.</summary>
    public string ToFile(bool moduleHasLora)
    {
        var suffixes = Suffixes.Where(row => row.Part == Part).ToArray();
        return Prefix + Module + (moduleHasLora ? suffixes[0] : suffixes[^1]).Suffix;
    }
}
