namespace PeftLabs.Labs;

/// <summary>The forms of English words that the generated text needs.</summary>
internal static class TextGeneratorInflection
{
    private const string Vowels = "aeiou";

    private static readonly Dictionary<string, string> Pasts = Pairs(
        "am was are were be was begin began break broke bring brought build built buy bought catch caught come came cut cut draw drew "
        + "dig dug eat ate fall fell feel felt find found fly flew forget forgot get got give gave go went grow grew "
        + "have had hear heard hide hid hold held is was keep kept know knew leave left lose lost make made meet met put put "
        + "read read ride rode run ran say said see saw sell sold send sent sing sang sit sat sleep slept speak spoke stand stood "
        + "swim swam take took teach taught tell told think thought throw threw understand understood wake woke "
        + "wear wore win won write wrote");

    private static readonly Dictionary<string, string> Plurals = Pairs(
        "bench benches bus buses child children deer deer fish fish foot feet fox foxes goose geese knife knives leaf leaves loaf loaves "
        + "man men mouse mice ox oxen potato potatoes sheep sheep shelf shelves thief thieves tomato tomatoes tooth teeth "
        + "wolf wolves woman women");

    private static readonly HashSet<string> Doubling =
        [.. ("beg chat clap dig drop get grab grin hop hug jog knit nod pat plan run sit skip slip sob spin "
        + "step stop swim trip win wrap cut put").Split(' ')];

    public static string Past(string verb) => First(verb, word => word switch
    {
        _ when Pasts.TryGetValue(word, out var past) => past,
        _ when Doubling.Contains(word) => word + word[^1] + "ed",
        _ when word.EndsWith('e') => word + "d",
        _ when EndsInConsonantY(word) => word[..^1] + "ied",
        _ => word + "ed",
    });

    public static string Progressive(string verb) => First(verb, word => word switch
    {
        _ when Doubling.Contains(word) => word + word[^1] + "ing",
        _ when word.EndsWith('e') && !word.EndsWith("ee") && word != "be" => word[..^1] + "ing",
        _ => word + "ing",
    });

    public static string Plural(string noun)
    {
        var start = noun.LastIndexOf(' ') + 1;
        var word = noun[start..];
        return noun[..start] + word switch
        {
            _ when Plurals.TryGetValue(word, out var plural) => plural,
            _ when word.EndsWith("man") => word[..^3] + "men",
            _ when Hissing(word) => word + "es",
            _ when EndsInConsonantY(word) => word[..^1] + "ies",
            _ => word + "s",
        };
    }

    public static string WithArticle(string noun)
    {
        var vowel = Vowels.Contains(char.ToLowerInvariant(noun[0])) && !noun.StartsWith("uni") && !noun.StartsWith("use");
        return (vowel || noun.StartsWith("hour") || noun.StartsWith("honest") ? "an " : "a ") + noun;
    }

    public static string Capitalized(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    // A verb may come with its particle: look for, looked for.
    private static string First(string phrase, Func<string, string> inflect)
    {
        var end = phrase.IndexOf(' ');
        return end < 0 ? inflect(phrase) : inflect(phrase[..end]) + phrase[end..];
    }

    private static bool Hissing(string word) => word.EndsWith('s') || word.EndsWith('x') || word.EndsWith("ch") || word.EndsWith("sh");

    private static bool EndsInConsonantY(string word) => word.EndsWith('y') && !Vowels.Contains(word[^2]);

    private static Dictionary<string, string> Pairs(string words) =>
        words.Split(' ').Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
}
