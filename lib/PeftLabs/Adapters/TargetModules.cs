using System.Text.RegularExpressions;

namespace PeftLabs.Adapters;

/// <summary>
/// Which projections an adapter hangs on, by PEFT's rules: a list of names, each the whole path or its end after a dot; a regular
/// expression that matches the whole path; or every projection but the head.
/// </summary>
public sealed record TargetModules
{
    private TargetModules(IReadOnlyList<string>? names, string? pattern) => (Names, Pattern) = (names, pattern);

    /// <summary>Every projection but the head ("all-linear").</summary>
    public static TargetModules AllLinear { get; } = new(null, null);

    /// <summary>The names, where they were given as a list.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The regular expression, where one was given.</summary>
    public string? Pattern { get; }

    /// <summary>Whole paths or their ends, for example <c>q_proj</c> or <c>layers.0.self_attn.q_proj</c>.</summary>
    /// <exception cref="ArgumentException">No name, or an empty one.</exception>
    public static TargetModules Named(params IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(string.IsNullOrWhiteSpace)
            ? throw new ArgumentException("TargetModules names no module; give names such as q_proj, or use AllLinear.", nameof(names))
            : new(names, null);

    /// <summary>A regular expression that must match the whole path.</summary>
    /// <exception cref="ArgumentException">Not a regular expression.</exception>
    public static TargetModules Matching(string pattern)
    {
        _ = new Regex(pattern);
        return new(null, pattern);
    }

    /// <summary>What a command line or a PEFT file means by a text: <c>all-linear</c>, names between commas, or a pattern.</summary>
    public static TargetModules Parse(string text) =>
        text == "all-linear" ? AllLinear
        : Regex.IsMatch(text, @"^[\w.]+(,[\w.]+)*$") ? Named(text.Split(','))
        : Matching(text);

    /// <summary>True where a projection of this path is meant; <paramref name="isHead"/> tells the head.</summary>
    public bool Includes(string path, bool isHead)
    {
        if (Pattern is not null)
            return Regex.IsMatch(path, $"^(?:{Pattern})$");
        return Names?.Any(name => path == name || path.EndsWith("." + name, StringComparison.Ordinal)) ?? !isHead;
    }

    /// <inheritdoc/>
    public override string ToString() => Pattern ?? (Names is null ? "all-linear" : string.Join(",", Names));

    /// <summary>True for the same names in whatever order, or the same pattern.</summary>
    public bool Equals(TargetModules? other) =>
        other is not null && Pattern == other.Pattern && (Names is null) == (other.Names is null)
        && (Names ?? []).Order().SequenceEqual((other.Names ?? []).Order());

    /// <inheritdoc/>
    public override int GetHashCode() => (Pattern ?? "").GetHashCode() ^ (Names ?? []).Aggregate(0, (hash, n) => hash ^ n.GetHashCode());
}
