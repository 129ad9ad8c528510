using static PeftLabs.Labs.TextGeneratorInflection;

namespace PeftLabs.Labs;

/// <summary>A customer's letter to a shop, and the shop's answer, which takes up what the letter says.</summary>
internal static class TextGeneratorLetter
{
    public static string Write(SplitMix64 random)
    {
        var grammar = new TextGeneratorGrammar(random);
        foreach (var (variable, rule) in new[]
        {
            ("name", random.Chance(50) ? "girl" : "boy"), ("clerk", random.Chance(50) ? "girl" : "boy"), ("item", "product"), ("bought", "day"),
            ("town", "city"), ("team", "department"), ("tint", "color"),
        })
            grammar[variable] = random.Pick(TextGeneratorGrammar.Words(rule));
        grammar["order"] = $"{random.From(100, 9999)}";
        grammar["count"] = $"{random.From(2, 20)}";
        grammar["money"] = $"{random.From(5, 300)}";
        grammar["back"] = TextGeneratorGrammar.Words("day")[(TextGeneratorGrammar.Words("day").ToList().IndexOf(grammar["bought"]) + random.From(1, 3)) % 7];
        var kind = random.Pick(["damage", "delay", "bill", "account", "question"]);
        return grammar.Sentences($"<greeting>\n<{kind}> <wish>\n<bye>\n{Capitalized(grammar["name"])}\n\nDear {grammar["name"]},\n<{kind}-answer> <end>\n{grammar["clerk"]}, {grammar["team"]}");
    }
}
