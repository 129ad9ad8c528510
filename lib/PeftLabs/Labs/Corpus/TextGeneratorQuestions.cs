using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>Questions whose answers can be computed: sums, order, words and their forms, kinds of things.</summary>
internal static class TextGeneratorQuestions
{
    private static readonly string[] Kinds = ["fruit", "vegetable", "animal", "color", "city", "toy", "vehicle", "day"];

    private static readonly string[] TwoLegs = ["duck", "goose", "owl", "parrot", "robin"];
    private static readonly string[] FourLegs = ["dog", "cat", "horse", "cow", "sheep", "goat", "fox", "mouse", "wolf", "deer"];

    private static readonly Func<SplitMix64, (string, string)>[] Askers =
        [Sum, Difference, Product, Larger, NextDay, PluralOf, PastOf, KindOf, OddOneOut, Spelling, Legs, Change];

    public static string Write(SplitMix64 random)
    {
        var items = Enumerable.Range(0, random.From(3, 5)).Select(_ => random.Pick(Askers)(random));
        return string.Join("\n\n", items.Select(item => $"Question: {item.Item1}\nAnswer: {item.Item2}"));
    }

    private static (string, string) Sum(SplitMix64 random)
    {
        var (a, b) = (random.From(1, 60), random.From(1, 39));
        if (random.Chance(50))
            return ($"What is {a} plus {b}?", $"{a} + {b} = {a + b}.");
        var words = Capitalized(TextGeneratorNumbers.Words(a + b));
        return ($"What is {TextGeneratorNumbers.Words(a)} plus {TextGeneratorNumbers.Words(b)}?", $"{words}.");
    }

    private static (string, string) Difference(SplitMix64 random)
    {
        var (b, rest) = (random.From(1, 50), random.From(1, 49));
        return ($"What is {b + rest} minus {b}?", $"{b + rest} - {b} = {rest}.");
    }

    private static (string, string) Product(SplitMix64 random)
    {
        var (a, b) = (random.From(2, 12), random.From(2, 12));
        return ($"What is {a} times {b}?", $"{a} x {b} = {a * b}.");
    }

    private static (string, string) Larger(SplitMix64 random)
    {
        var (a, more) = (random.From(1, 800), random.From(1, 199));
        var (first, second) = random.Chance(50) ? (a, a + more) : (a + more, a);
        return ($"Which number is larger, {first} or {second}?", $"{a + more} is larger than {a}.");
    }

    private static (string, string) NextDay(SplitMix64 random)
    {
        var days = TextGeneratorGrammar.Words("day");
        var (day, after) = (random.Below(7), random.From(1, 3));
        return ($"Today is {days[day]}. Which day is it in {Many(after, "day")}?", $"It is {days[(day + after) % 7]}.");
    }

    private static (string, string) PluralOf(SplitMix64 random)
    {
        var noun = Word(random, random.Pick(["animal", "fruit", "thing", "toy", "vegetable", "place", "job"]));
        return ($"What is the plural of \"{noun}\"?", $"One {noun}, two {Plural(noun)}.");
    }

    private static (string, string) PastOf(SplitMix64 random)
    {
        var verb = Word(random, random.Pick(["move", "play", "make", "smile", "cry"]));
        return ($"How do you say \"they {verb}\" about yesterday?", $"Yesterday they {Past(verb)}.");
    }

    private static (string, string) KindOf(SplitMix64 random)
    {
        var kinds = random.Sample(Kinds, 2);
        var word = Word(random, kinds[0]);
        var named = kinds[0] is "color" or "city" or "day" ? word : WithArticle(word);
        var (first, second) = random.Chance(50) ? (kinds[0], kinds[1]) : (kinds[1], kinds[0]);
        return ($"Is {named} {WithArticle(first)} or {WithArticle(second)}?", $"{Capitalized(named)} is {WithArticle(kinds[0])}.");
    }

    private static (string, string) OddOneOut(SplitMix64 random)
    {
        var kinds = random.Sample(["vegetable", "animal", "city", "vehicle", "day"], 2);
        var words = random.Sample(TextGeneratorGrammar.Words(kinds[0]), 3);
        var odd = Word(random, kinds[1]);
        words.Insert(random.Below(4), odd);
        return ($"Which word does not belong: {string.Join(", ", words)}?",
            $"{Capitalized(odd)}, because it is not {WithArticle(kinds[0])}.");
    }

    private static (string, string) Spelling(SplitMix64 random)
    {
        var word = Word(random, random.Pick(["fruit", "animal", "thing", "color"]));
        return ($"How is \"{word}\" spelled?", string.Join('-', word.ToUpperInvariant().ToCharArray()) + ".");
    }

    private static (string, string) Legs(SplitMix64 random)
    {
        var (count, two) = (random.From(2, 12), random.Chance(50));
        var animal = random.Pick(two ? TwoLegs : FourLegs);
        return ($"How many legs do {TextGeneratorNumbers.Words(count)} {Plural(animal)} have?",
            $"One {animal} has {(two ? "two" : "four")} legs, so {Many(count, animal)} have {count * (two ? 2 : 4)} legs.");
    }

    private static (string, string) Change(SplitMix64 random)
    {
        var (price, count, thing) = (random.From(2, 9), random.From(2, 8), Word(random, "thing"));
        var sum = price * count;
        var paid = (sum / 10 + 1) * 10;
        var question = $"Somebody buys {Many(count, thing)} and pays {paid} coins. How much comes back?";
        return ($"{Capitalized(WithArticle(thing))} costs {price} coins. {question}",
            $"{count} x {price} = {sum}. {paid} - {sum} = {paid - sum}, "
            + $"so {Many(paid - sum, "coin")} {(paid - sum == 1 ? "comes" : "come")} back.");
    }

    private static string Many(int count, string noun) =>
        $"{TextGeneratorNumbers.Words(count)} {(count == 1 ? noun : Plural(noun))}";

    private static string Word(SplitMix64 random, string rule) => random.Pick(TextGeneratorGrammar.Words(rule));
}
