namespace PeftLabs.Cli.Bench.Plans;

/// <summary>A set of techniques whose prediction is held against a measurement.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Arguments">What <c>lab bench step</c> is given for it beside model and batch.</param>
public sealed record PlanRow(string Name, IReadOnlyList<string> Arguments)
{
    /// <summary>The sets: each method alone, and with techniques that move where its peak is.</summary>
    public static IReadOnlyList<PlanRow> All { get; } =
    [
        Of("full", "--method full"),
        Of("full, plain attention, whole loss", "--method full --attention plain --loss whole"),
        Of("full, recomputed, 8-bit AdamW within backward", "--method full --checkpointing --optimizer adamw8bit --fused-step"),
        Of("full, GaLore, feed-forward recomputed", "--method full --optimizer galore --checkpointing feed-forward"),
        Of("lora", "--method lora"),
        Of("lora, plain attention, whole loss", "--method lora --attention plain --loss whole"),
        Of("lora, torch's attention, two batches a step", "--method lora --attention sdpa --accumulate 2"),
        Of("lora on int8, attention recomputed", "--method lora --format int8 --embedding int8 --checkpointing attention"),
        Of("lora on bfloat16, bfloat16 activations, Adafactor", "--method lora --format bfloat16 --saved-activations bfloat16 --optimizer adafactor"),
        Of("qlora", "--method qlora"),
        Of("qlora, every other block recomputed, paged AdamW", "--method qlora --checkpointing every-2 --optimizer paged-adamw"),
        Of("qlora, recomputed, streamed", "--method qlora --checkpointing --stream"),
        Of("qlora with everything", "--method qlora --checkpointing --optimizer adamw8bit --fused-step --embedding int8 "
            + "--saved-activations bfloat16 --offload file --stream"),
    ];

    /// <summary>The rows whose names contain a text, in the table's order.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IReadOnlyList<PlanRow> Matching(string text)
    {
        var rows = All.Where(r => r.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        return rows.Count > 0 ? rows : throw new ArgumentException(
            $"--only is '{text}', which is in no row's name; there are: {string.Join("; ", All.Select(r => r.Name))}.");
    }

    private static PlanRow Of(string name, string arguments) => new(name, arguments.Split(' '));
}
