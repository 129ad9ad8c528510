using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>
/// Expands a grammar: a rule's name gives one of its alternatives; <c>&lt;name&gt;</c> in it stands for a variable of the document, or for
/// another rule; <c>&lt;name.form&gt;</c> inflects what it gives.
/// </summary>
internal sealed partial class TextGeneratorGrammar(SplitMix64 random)
{
    private static readonly Dictionary<string, string[]> Rules = TextGeneratorRules.Text
        .ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(rule => rule.Split(':', 2))
        .ToDictionary(rule => rule[0].Trim(), rule => Alternatives(rule[1]));

    private readonly Dictionary<string, string> _variables = [];

    /// <summary>What a variable holds, or will stand for.</summary>
    public string this[string variable]
    {
        get => _variables[variable];
        set => _variables[variable] = value;
    }

    public static IReadOnlyList<string> Words(string rule) => Rules[rule];

    /// <summary>A text with every slot filled, each sentence starting with a capital.</summary>
    public string Sentences(string text) => SentenceStart().Replace(Expand(text), match => match.Value.ToUpperInvariant());

    public string Expand(string text) => Slot().Replace(text, match =>
        Inflected(Value(match.Groups["name"].Value), match.Groups["form"].Value));

    private string Value(string name) => _variables.GetValueOrDefault(name) ?? Expand(random.Pick(Rules[name]));

    private static string Inflected(string word, string form) => form switch
    {
        "" => word,
        "a" => TextGeneratorInflection.WithArticle(word),
        "s" => TextGeneratorInflection.Plural(word),
        "ed" => TextGeneratorInflection.Past(word),
        "ing" => TextGeneratorInflection.Progressive(word),
        "cap" => TextGeneratorInflection.Capitalized(word),
        _ => throw new ArgumentException($"The grammar has no form '{form}'; it has a, s, ed, ing and cap.", nameof(form)),
    };

    // Single words stand in one line, sentences in a line each.
    private static string[] Alternatives(string rule) => rule.TrimStart().StartsWith('|')
        ? rule.Replace('\n', ' ').Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : rule.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("<(?<name>[\\w-]+)(\\.(?<form>\\w+))?>")]
    private static partial Regex Slot();

    // Behind a question or a call the sentence goes on where somebody "said" it.
    [GeneratedRegex("(?:^|(?<=[.!?,:]\n|[.!?] )|(?<=[.]\"[ \n])|(?<=[!?]\"[ \n])(?!said|asked)|(?<=(?:^|[ \n])\"))[a-z]")]
    private static partial Regex SentenceStart();
}
