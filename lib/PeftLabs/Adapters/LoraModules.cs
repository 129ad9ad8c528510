using System.Text.RegularExpressions;
using PeftLabs.Formats;

namespace PeftLabs.Adapters;

/// <summary>Which module a LoRA configuration means, and with which rank and scaling, by PEFT's rules.</summary>
public static class LoraModules
{
    private static readonly ModuleSelection s_default = ModuleSelection.Of("q_proj", "v_proj");

    /// <summary>The target modules, or query and value where none are named.</summary>
    public static ModuleSelection Targets(this LoraAdapterConfig config) => config.TargetModules ?? s_default;

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
