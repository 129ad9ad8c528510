using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>A table of a few rows in Markdown, and true sentences about it.</summary>
internal static class TextGeneratorTable
{
    private static readonly Subject[] Subjects =
    [
        new("fruit", "fruit", "price", "coins", 2, 40), new("animal", "animal", "weight", "kilograms", 2, 90),
        new("city", "city", "visitors", "people", 100, 990), new("name", "girl", "age", "years", 5, 60),
        new("name", "boy", "score", "points", 1, 99), new("day", "day", "rain", "millimeters", 0, 30),
        new("item", "thing", "stock", "pieces", 3, 80), new("job", "job", "hours", "hours", 4, 60),
        new("toy", "toy", "sales", "toys", 5, 75),
        new("vehicle", "vehicle", "seats", "seats", 1, 95),
    ];

    public static string Write(SplitMix64 random)
    {
        var subject = random.Pick(Subjects);
        var names = random.Sample(TextGeneratorGrammar.Words(subject.Rule), random.From(3, 6));
        // Different values, so that the most and the least are single rows.
        var values = random.Sample(Enumerable.Range(subject.Least, subject.Most - subject.Least + 1).ToList(), names.Count);
        var colors = random.Chance(40) ? names.Select(_ => random.Pick(TextGeneratorGrammar.Words("color"))).ToList() : null;
        var rows = names.Select((name, i) => $"| {name} | {values[i]} |" + (colors is null ? "" : $" {colors[i]} |"));
        var head = $"| {subject.Row} | {subject.Measure} |" + (colors is null ? "" : " color |");
        var rule = "| --- | --- |" + (colors is null ? "" : " --- |");
        return string.Join('\n', [head, rule, .. rows]) + "\n\n" + string.Join(' ', Facts(random, subject, names, values));
    }

    private static List<string> Facts(SplitMix64 random, Subject subject, List<string> names, List<int> values)
    {
        var (most, least, any) = (values.IndexOf(values.Max()), values.IndexOf(values.Min()), random.Below(names.Count));
        var above = random.Pick(values);
        var count = values.Count(value => value > above);
        string[] facts =
        [
            $"The table has {TextGeneratorNumbers.Words(names.Count)} rows.",
            $"{Capitalized(names[most])} has the highest value of {subject.Measure}: {values[most]} {subject.Unit}.",
            $"The lowest value of {subject.Measure} is {values[least]}, for {names[least]}.",
            $"For {names[any]}, the table says {values[any]} {subject.Unit}.",
            $"All values of {subject.Measure} together make {values.Sum()} {subject.Unit}.",
            $"{Capitalized(names[most])} has {values[most] - values[least]} {subject.Unit} more than {names[least]}.",
            $"{Capitalized(TextGeneratorNumbers.Words(count))} {(count == 1 ? "row has" : "rows have")} more than {above} {subject.Unit}.",
        ];
        return random.Sample(facts, random.From(2, 4));
    }

    /// <summary>What a row is, the rule that its names come from, what is counted, and how much of it there can be.</summary>
    private sealed record Subject(string Row, string Rule, string Measure, string Unit, int Least, int Most);
}
