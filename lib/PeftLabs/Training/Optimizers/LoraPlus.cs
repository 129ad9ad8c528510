namespace PeftLabs.Training.Optimizers;

/// <summary>Which parameters learn faster under LoRA+ (arXiv 2402.12354).</summary>
internal static class LoraPlus
{
    private static readonly string[] s_endings = ["lora_B", "lora_B.weight", "lora_B.bias", "lora_embedding_B"];

    /// <summary>Whether a parameter is the B of a low-rank update.</summary>
    public static bool IsB(string name) =>
        s_endings.Any(e => name.EndsWith(e, StringComparison.Ordinal) && (name.Length == e.Length || name[^(e.Length + 1)] == '.'));
}
