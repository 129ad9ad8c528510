using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>A record in JSON, and true sentences about it.</summary>
internal static class TextGeneratorRecord
{
    public static string Write(SplitMix64 random)
    {
        var entity = random.Pick(TextGeneratorEntity.All);
        var row = entity.Rows(random, 1)[0];
        var (flag, state) = (random.Pick(["ready", "open", "new", "paid"]), random.Chance(50));
        var tags = random.Chance(50) ? random.Sample(TextGeneratorGrammar.Words(random.Pick(["color", "day", "quality"])), random.From(1, 3)) : null;
        (string Key, string Value)[] fields =
        [
            (entity.Name.Column, Text(row.Name)),
            .. entity.Words.Select((w, i) => (w.Column, Text(row.Words[i]))),
            .. entity.Numbers.Select((n, i) => (n.Column, $"{row.Numbers[i]}")),
            (flag, state ? "true" : "false"),
            .. tags is null ? [] : new[] { ("tags", $"[{string.Join(", ", tags.Select(Text))}]") },
        ];
        var json = $"{{{string.Join(", ", fields.Select(f => $"{Text(f.Key)}: {f.Value}"))}}}";
        return $"{json}\n\n{string.Join(' ', Facts(random, entity, row, (flag, state), tags))}";
    }

    private static List<string> Facts(
        SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow row, (string Name, bool State) flag, List<string>? tags)
    {
        List<string> facts =
        [
            $"The {entity.Name.Column} is {row.Name}.",
            .. entity.Words.Select((w, i) => $"The {w.Column} of {row.Name} is {row.Words[i]}."),
            .. entity.Numbers.Select((n, i) => $"{Capitalized(row.Name)} has {row.Numbers[i]} under {n.Column}."),
            $"It is {(flag.State ? "" : "not ")}{flag.Name}.",
            tags is null ? "It has no tags." : $"It has {TextGeneratorNumbers.Words(tags.Count)} {(tags.Count == 1 ? "tag" : "tags")}: {string.Join(" and ", tags)}.",
        ];
        return random.Sample(facts, random.From(2, 5));
    }

    private static string Text(string word) => $"\"{word}\"";
}
