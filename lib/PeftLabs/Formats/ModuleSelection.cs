namespace PeftLabs.Formats;

/// <summary>Which modules a field of adapter_config.json names: a list of names or suffixes, or one pattern.</summary>
public sealed record ModuleSelection
{
    private ModuleSelection() { }

    /// <summary>Full paths, or their last parts; null where there is a pattern.</summary>
    public IReadOnlyList<string>? Names { get; private init; }

    /// <summary>A regular expression over the full path, or <c>all-linear</c>; null where there are names.</summary>
    public string? Pattern { get; private init; }

    /// <summary>Whether every linear map but the output head is meant.</summary>
    public bool IsAllLinear => Pattern is "all-linear";

    /// <summary>The modules of these paths, or whose paths end in them.</summary>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static ModuleSelection Of(params IReadOnlyList<string> names) => names.All(name => name.Length > 0)
        ? new() { Names = [.. names] } : throw new ArgumentException("A module's name is empty.", nameof(names));

    /// <summary>The modules whose full path the regular expression matches, or <c>all-linear</c>.</summary>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public static ModuleSelection Matching(string pattern) => pattern.Length > 0
        ? new() { Pattern = pattern } : throw new ArgumentException("The pattern is empty.", nameof(pattern));
}
