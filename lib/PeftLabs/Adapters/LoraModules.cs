using System.Text.RegularExpressions;
using PeftLabs.Formats;
using PeftLabs.Models;

namespace PeftLabs.Adapters;

/// <summary>Which module a LoRA configuration means, and with which rank and scaling, by PEFT's rules.</summary>
public static class LoraModules
{
    /// <summary>
    /// The target modules, or where none are named the family's query and value, or the projection that holds them, as PEFT has it for
    /// GPT-2 (<c>c_attn</c>) and GPT-NeoX (<c>query_key_value</c>).
    /// </summary>
    public static ModuleSelection Targets(this LoraAdapterConfig config, ModelFamily family) => config.TargetModules
        ?? (family.QueryKeyValue is { } fused ? ModuleSelection.Of(Last(fused)) : ModuleSelection.Of(Last(family.Query), Last(family.Value)));

    /// <summary>The rank of a module.</summary>
    public static int RankOf(this LoraAdapterConfig config, string path) => Find(config.RankPattern, path, config.Rank);

    /// <summary>The scaling of a module's update: α/r, or α/√r where it is rank-stabilised (arXiv 2312.03732).</summary>
    public static double ScalingOf(this LoraAdapterConfig config, string path)
    {
        var (rank, alpha) = (config.RankOf(path), Find(config.AlphaPattern, path, config.Alpha));
        return alpha / (config.UseRsLora ? Math.Sqrt(rank) : rank);
    }

    /// <summary>
    /// True where a selection means a module: a name is its whole path or the path's end after a dot, a pattern matches the whole path,
    /// and <c>all-linear</c> means everything but the head.
    /// </summary>
    public static bool Includes(this ModuleSelection selection, string path, bool isHead)
    {
        if (selection.Names is { } names)
            return names.Any(name => Ends(path, name));
        return selection.IsAllLinear ? !isHead : Regex.IsMatch(path, $"^(?:{selection.Pattern})$");
    }

    /// <summary>True where a key of a rank or alpha pattern means a module.</summary>
    internal static bool IsMeantBy(string path, string pattern) => Regex.IsMatch(path, $@"^(?:.*\.)?(?:{pattern})$");

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    internal static bool Ends(string path, string name) => path == name || path.EndsWith("." + name, StringComparison.Ordinal);

    private static T Find<T>(IReadOnlyDictionary<string, T> patterns, string path, T otherwise)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (IsMeantBy(path, pattern))
                return value;
        }
        return otherwise;
    }
}
