using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>Short functions in Python with a call and what it prints.</summary>
internal static class TextGeneratorCode
{
    private static readonly Func<SplitMix64, string>[] Writers = [Arithmetic, Total, CountAbove, Join, Compare, Repeat, Largest, Prices];

    public static string Write(SplitMix64 random) => random.Pick(Writers)(random);

    private static string Arithmetic(SplitMix64 random)
    {
        var (noun, factor, extra, given) = (Noun(random), random.From(2, 9), random.From(1, 20), random.From(2, 15));
        return $"""
            def more_{Plural(noun)}({noun}):
                # multiply by {factor}, then add {extra}
                return {noun} * {factor} + {extra}

            print(more_{Plural(noun)}({given}))  # {given * factor + extra}
            """;
    }

    private static string Total(SplitMix64 random)
    {
        var (nouns, numbers) = (Plural(Noun(random)), Numbers(random));
        return $"""
            def total({nouns}):
                result = 0
                for number in {nouns}:
                    result += number
                return result

            print(total([{string.Join(", ", numbers)}]))  # {numbers.Sum()}
            """;
    }

    private static string CountAbove(SplitMix64 random)
    {
        var (nouns, numbers, limit) = (Plural(Noun(random)), Numbers(random), random.From(10, 30));
        return $"""
            def count_large({nouns}, limit):
                count = 0
                for number in {nouns}:
                    if number > limit:
                        count += 1
                return count

            print(count_large([{string.Join(", ", numbers)}], {limit}))  # {numbers.Count(number => number > limit)}
            """;
    }

    private static string Join(SplitMix64 random)
    {
        var words = random.Sample(TextGeneratorGrammar.Words(random.Pick(["fruit", "animal", "color", "city"])), random.From(2, 4));
        var mark = random.Pick([" and ", ", ", " or ", "-"]);
        return $"""
            words = [{string.Join(", ", words.Select(word => $"\"{word}\""))}]
            text = "{mark}".join(words)
            print(text)  # {string.Join(mark, words)}
            """;
    }

    private static string Compare(SplitMix64 random)
    {
        var (noun, limit, given) = (Noun(random), random.From(5, 40), random.From(1, 50));
        var (many, few) = (random.Pick(["many", "plenty", "enough"]), random.Pick(["few", "too few", "not enough"]));
        return $"""
            def describe({noun}_count):
                if {noun}_count >= {limit}:
                    return "{many}"
                return "{few}"

            print(describe({given}))  # {(given >= limit ? many : few)}
            """;
    }

    private static string Repeat(SplitMix64 random)
    {
        var (word, count) = (Noun(random), random.From(2, 5));
        return $"""
            for number in range({count}):
                print("{word}", number)
            # {string.Join("\n# ", Enumerable.Range(0, count).Select(number => $"{word} {number}"))}
            """;
    }

    private static string Largest(SplitMix64 random)
    {
        var (noun, numbers) = (Noun(random), Numbers(random));
        return $"""
            def largest_{noun}(values):
                best = values[0]
                for value in values:
                    if value > best:
                        best = value
                return best

            print(largest_{noun}([{string.Join(", ", numbers)}]))  # {numbers.Max()}
            """;
    }

    private static string Prices(SplitMix64 random)
    {
        var names = random.Sample(TextGeneratorGrammar.Words(random.Pick(["fruit", "vegetable", "animal"])), 3);
        var (values, asked) = (Numbers(random), random.Below(3));
        return $$"""
            prices = {{{string.Join(", ", names.Select((name, i) => $"\"{name}\": {values[i]}"))}}}
            print(prices["{{names[asked]}}"])  # {{values[asked]}}
            print(sum(prices.values()))  # {{values.Take(3).Sum()}}
            """;
    }

    private static List<int> Numbers(SplitMix64 random) => [.. Enumerable.Range(0, random.From(3, 6)).Select(_ => random.From(1, 50))];

    // Names of variables have neither spaces nor dashes.
    private static string Noun(SplitMix64 random) =>
        random.Pick(TextGeneratorGrammar.Words(random.Pick(["fruit", "vegetable", "animal", "thing"])));
}
