namespace PeftLabs.Labs;

/// <summary>A kind of thing that tables and records are about: its column names, and what their values are.</summary>
/// <param name="Table">The table's name, a plural.</param>
/// <param name="Name">The column that tells rows apart, and the rule that its values come from.</param>
/// <param name="Words">Columns of words with the rules of their values.</param>
/// <param name="Numbers">Columns of whole numbers with the least and the most that they hold.</param>
internal sealed record TextGeneratorEntity(
    string Table, (string Column, string Rule) Name, (string Column, string Rule)[] Words, (string Column, int Least, int Most)[] Numbers)
{
    public static readonly TextGeneratorEntity[] All =
    [
        new("fruits", ("name", "fruit"), [("color", "color"), ("origin", "city")], [("price", 1, 30), ("stock", 5, 90)]),
        new("animals", ("name", "animal"), [("home", "place"), ("food", "food")], [("weight", 2, 90), ("age", 1, 20)]),
        new("employees", ("name", "girl"), [("department", "department"), ("city", "city")], [("salary", 20, 95), ("age", 20, 65)]),
        new("customers", ("name", "boy"), [("city", "city"), ("status", "status")], [("orders", 1, 40), ("points", 5, 99)]),
        new("products", ("title", "product"), [("category", "category"), ("maker", "maker")], [("price", 5, 99), ("quantity", 1, 80)]),
        new("students", ("name", "girl"), [("subject", "subject"), ("school", "city")], [("score", 1, 99), ("grade", 1, 12)]),
        new("orders", ("product", "product"), [("status", "status"), ("country", "country")], [("amount", 5, 99), ("items", 1, 12)]),
        new("books", ("title", "thing"), [("genre", "genre"), ("author", "boy")], [("pages", 20, 99), ("year", 50, 99)]),
        new("players", ("name", "boy"), [("team", "team"), ("position", "position")], [("goals", 1, 40), ("height", 50, 99)]),
        new("cars", ("model", "maker"), [("color", "color"), ("fuel", "fuel")], [("power", 40, 99), ("doors", 2, 6)]),
        new("rooms", ("name", "place"), [("owner", "girl"), ("view", "structure")], [("size", 8, 90), ("beds", 1, 6)]),
        new("tickets", ("customer", "girl"), [("team", "department"), ("priority", "priority")], [("number", 10, 99), ("days", 1, 30)]),
    ];

    /// <summary>Rows of different names, the numbers of a column different too.</summary>
    public TextGeneratorRow[] Rows(SplitMix64 random, int count)
    {
        var names = random.Sample(TextGeneratorGrammar.Words(Name.Rule), count);
        var numbers = Numbers.Select(n => random.Sample(Enumerable.Range(n.Least, n.Most - n.Least + 1).ToList(), Math.Min(count, n.Most - n.Least + 1)))
            .ToArray();
        return [.. names.Select((name, i) => new TextGeneratorRow(
            name,
            [.. Words.Select(w => random.Pick(TextGeneratorGrammar.Words(w.Rule)))],
            [.. numbers.Select(n => n[i % n.Count])]))];
    }
}
