using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>The tables that questions are about; each draw takes some of a table's columns, so that schemas differ.</summary>
internal static partial class SqlSchema
{
    private const string Girls = "Lily Anna Mia Clara Nora Ruby Emma Hana", Boys = "Tom Ben Max Leo Finn Omar Paul Hugo";
    private const string Teams = "sales billing support shipping design research", Products = "kettle lamp router printer phone camera heater radio";
    private const string Makers = "Arden Bolt Corvo Delta Ember Falcon", Colors = "red blue green black white";
    private const string North = "Paris London Rome Berlin Oslo Vienna", South = "Madrid Lisbon Athens Cairo Lima Sydney";

    // noun (table): text columns with their values; number columns with their range. The first text column names a row.
    private static readonly Definition[] Tables =
    [
        new("employee", [new("name", Girls), new("department", Teams), new("city", North)],
            [new("salary", 20, 95), new("age", 20, 65), new("projects", 1, 12)]),
        new("customer", [new("name", Boys), new("city", South), new("status", "active closed late canceled")],
            [new("age", 18, 90), new("points", 5, 99), new("visits", 1, 40)]),
        new("product", [new("name", Products), new("category", "kitchen garden office sports music travel"), new("maker", Makers)],
            [new("price", 5, 99), new("weight", 1, 40), new("stock", 1, 80)]),
        new("student", [new("name", Girls), new("subject", "music history math biology art physics"), new("school", South)],
            [new("score", 1, 99), new("grade", 1, 12), new("friends", 1, 20)]),
        new("order", [new("product", Products), new("status", "open paid shipped pending"),
            new("country", "France Spain Italy Norway Peru Kenya Japan")], [new("amount", 5, 99), new("items", 1, 12), new("discount", 1, 50)]),
        new("book", [new("title", "lantern mirror letter ribbon feather candle"), new("author", Boys),
            new("genre", "travel poetry crime history science comedy")], [new("price", 5, 60), new("year", 50, 99), new("pages", 20, 99)]),
        new("player", [new("name", Boys), new("team", "Eagles Lions Bears Sharks Wolves Hawks"),
            new("position", "keeper forward defender captain winger")], [new("height", 50, 99), new("age", 17, 39), new("goals", 1, 40)]),
        new("car", [new("maker", Makers), new("color", Colors), new("fuel", "diesel petrol electric gas hybrid")],
            [new("price", 8, 80), new("power", 40, 99), new("doors", 2, 6)]),
        new("animal", [new("name", "dog cat rabbit fox duck horse sheep otter"), new("home", "garden forest river farm lake"),
            new("food", "bread rice cheese honey salad")], [new("weight", 2, 90), new("age", 1, 20), new("meals", 1, 6)]),
        new("room", [new("owner", Girls), new("view", "garden lake castle bridge tower"), new("city", North)],
            [new("size", 8, 90), new("floor", 1, 20), new("beds", 1, 6)]),
        new("fruit", [new("name", "apple pear plum cherry peach melon"), new("color", "red green yellow orange purple"), new("origin", South)],
            [new("price", 1, 30), new("stock", 5, 90), new("weight", 1, 50)]),
        new("ticket", [new("customer", Boys), new("team", Teams), new("priority", "low normal high urgent")],
            [new("score", 1, 10), new("days", 1, 30), new("replies", 1, 20)]),
    ];

    // Which rows belong to which.
    private static readonly (string Parent, string Child)[] Keys =
    [
        ("customer", "order"), ("customer", "room"), ("customer", "car"), ("employee", "ticket"), ("employee", "car"), ("employee", "room"),
        ("product", "ticket"), ("student", "book"), ("student", "animal"), ("player", "car"),
    ];

    private static readonly Dictionary<string, Definition> ByName = Tables.ToDictionary(table => table.Name);

    /// <summary>One table, or now and then two that a key joins.</summary>
    public static IReadOnlyList<SqlTable> Draw(SplitMix64 random)
    {
        const int Joined = 15;
        if (!random.Chance(Joined))
            return [Drawn(random, random.Pick(Tables), random.From(2, 3), 2)];
        var (parent, child) = random.Pick(Keys);
        return
        [
            Drawn(random, ByName[$"{parent}s"], 2, 0) with { HasId = true },
            Drawn(random, ByName[$"{child}s"], random.From(1, 2), 1) with { Key = $"{parent}_id" },
        ];
    }

    /// <summary>The tables that the schema in a prompt's first line shows.</summary>
    /// <exception cref="ArgumentException">It shows a table or a column that this task does not have.</exception>
    public static IReadOnlyList<SqlTable> Parse(string line) => [.. TableLine().Matches(line).Select(match =>
    {
        var (name, columns) = (match.Groups["name"].Value, match.Groups["columns"].Value.Split(", "));
        if (!ByName.TryGetValue(name, out var known))
            throw new ArgumentException($"The schema '{line}' has a table {name}; the task has {string.Join(", ", ByName.Keys)}.");
        var (texts, numbers) = (known.Texts.Where(c => columns.Contains(c.Name)), known.Numbers.Where(c => columns.Contains(c.Name)));
        var key = Array.Find(columns, c => c.EndsWith("_id", StringComparison.Ordinal));
        var table = new SqlTable(name, known.Noun, [.. texts], [.. numbers], columns.Contains("id"), key);
        var lacking = columns.Except(table.Columns).FirstOrDefault(c => c != "id" && c != table.Key);
        return lacking is null ? table : throw new ArgumentException($"The schema '{line}' has a column {lacking}, which the task's {name} lack.");
    })];

    private static SqlTable Drawn(SplitMix64 random, Definition table, int texts, int numbers) =>
        new(table.Name, table.Noun, random.Sample(table.Texts, texts), random.Sample(table.Numbers, numbers));

    [GeneratedRegex("(?<name>\\w+)\\((?<columns>[^)]*)\\)")]
    private static partial Regex TableLine();

    private sealed record Definition(string Noun, SqlTextColumn[] Texts, SqlNumberColumn[] Numbers)
    {
        public string Name => Noun + "s";
    }
}
