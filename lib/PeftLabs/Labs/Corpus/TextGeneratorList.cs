using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>A list of words, and the same list sorted, turned round, counted, picked from.</summary>
internal static class TextGeneratorList
{
    private static readonly string[] Rules = ["fruit", "vegetable", "animal", "color", "city", "toy", "thing", "girl", "boy", "product", "food"];

    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];

    public static string Write(SplitMix64 random)
    {
        var words = random.Sample(TextGeneratorGrammar.Words(random.Pick(Rules)), random.From(3, 7));
        var (place, gone, letter) = (random.Below(words.Count), random.Pick(words), random.Pick(words)[..1].ToLowerInvariant());
        string[] lines =
        [
            $"In order: {Joined(words.Order(StringComparer.OrdinalIgnoreCase))}.",
            $"Backwards: {Joined(words.AsEnumerable().Reverse())}.",
            $"How many: {TextGeneratorNumbers.Words(words.Count)}.",
            $"The {Places[place]}: {words[place]}.",
            $"The last: {words[^1]}.",
            $"Without {gone}: {Joined(words.Where(w => w != gone))}.",
            $"With {letter}: {Joined(words.Where(w => w.StartsWith(letter, StringComparison.OrdinalIgnoreCase)))}.",
            $"In capitals: {Joined(words.Select(w => w.ToUpperInvariant()))}.",
            $"With capitals: {Joined(words.Select(Capitalized))}.",
            $"The longest: {words.MaxBy(w => w.Length)}.",
            $"Twice: {Joined(words.Select(w => $"{w} {w}"))}.",
        ];
        return $"List: {Joined(words)}.\n{string.Join('\n', random.Sample(lines, random.From(3, 6)))}";
    }

    private static string Joined(IEnumerable<string> words) => string.Join(", ", words);
}
