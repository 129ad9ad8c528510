namespace PeftLabs.Planning.Advice;

/// <summary>The names of <see cref="TuningMethod"/>.</summary>
public static class TuningMethods
{
    /// <summary>The methods as commands write them, in the order of what they change: full, lora, lora-bf16, qlora.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<TuningMethod>().Select(Name)];

    /// <summary>The method's name in commands.</summary>
    public static string Name(TuningMethod method) => method switch
    {
        TuningMethod.Full => "full",
        TuningMethod.Lora => "lora",
        TuningMethod.LoraBFloat16 => "lora-bf16",
        _ => "qlora",
    };

    /// <summary>The method in words.</summary>
    public static string Describe(TuningMethod method) => method switch
    {
        TuningMethod.Full => "full fine-tuning",
        TuningMethod.Lora => "LoRA on float32 weights",
        TuningMethod.LoraBFloat16 => "LoRA on bfloat16 weights",
        _ => "QLoRA: LoRA on NF4 weights",
    };

    /// <summary>The method of a name.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static TuningMethod Parse(string name)
    {
        foreach (var method in Enum.GetValues<TuningMethod>())
            if (Name(method).Equals(name, StringComparison.OrdinalIgnoreCase))
                return method;
        throw new FormatException($"The method is '{name}'; it must be one of {string.Join(", ", Names)}.");
    }
}
