using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Generation;

/// <summary>Reads what <c>--cache</c> says.</summary>
public static class CacheFormat
{
    /// <summary>The format of a name; null where there is none.</summary>
    /// <exception cref="FormatException">There is no such format.</exception>
    public static KeyValueFormat? Parse(string? name) => name switch
    {
        null => null,
        "float32" => KeyValueFormat.Float32,
        "bfloat16" => KeyValueFormat.BFloat16,
        "int8" => KeyValueFormat.Int8,
        _ => throw new FormatException($"--cache is '{name}'; it must be float32, bfloat16 or int8."),
    };
}
