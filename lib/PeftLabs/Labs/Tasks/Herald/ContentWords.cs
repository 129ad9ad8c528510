using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>The words of a text that say what happened, and not how it is said: neither function words nor those that the style brings.</summary>
internal static partial class ContentWords
{
    private static readonly HashSet<string> HowItIsSaid =
    [
        .. "a an and at by did he hear her his i in it near nigh of on right she so the to unto very was with within ye".Split(' '),
        .. HeraldWords.Looks.Concat(HeraldWords.Moods).Where(pair => pair.Plain != pair.Styled).Select(pair => pair.Styled),
        "behold", "eve", "morn",
    ];

    /// <summary>The content words in small letters, each once.</summary>
    public static HashSet<string> Of(string text) => [.. All(text).Where(word => !HowItIsSaid.Contains(word))];

    /// <summary>All words in small letters.</summary>
    public static IEnumerable<string> All(string text) => Word().Matches(text).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex("[\\w'-]+")]
    private static partial Regex Word();
}
