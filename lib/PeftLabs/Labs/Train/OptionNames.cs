using System.Text;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Labs;

/// <summary>The values of an enumeration as options name them: small letters, with hyphens between words.</summary>
internal static class OptionNames<T> where T : struct, Enum
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<T>().Select(Name)];

    /// <summary>The name of a value: lora-only of LoraOnly, bfloat16 of BFloat16.</summary>
    public static string Name(T value)
    {
        if (value is OptimizerKind optimizer)
            return OptimizerNames.Name(optimizer);
        var (text, name) = (value.ToString(), new StringBuilder());
        for (var i = 0; i < text.Length; i++)
        {
            if (i > 0 && char.IsUpper(text[i]) && char.IsLower(text[i - 1]))
                name.Append('-');
            name.Append(char.ToLowerInvariant(text[i]));
        }
        return name.ToString();
    }

    /// <summary>The value of a name; hyphens may be left out.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static T Parse(string text)
    {
        foreach (var value in Enum.GetValues<T>())
            if (Plain(Name(value)) == Plain(text) && text.Length > 0)
                return value;
        throw new FormatException();
    }

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
