using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>The tables that questions are about; each draw takes some of a table's columns, so that schemas differ.</summary>
internal static partial class SqlSchema
{
    // Words of the generated text throughout: a small model has a token of its own for most of them.
    private const string Girls = "Lily Anna Mia Clara Nora Ruby", Boys = "Tom Ben Max Leo Omar Paul";
    private const string North = "Paris London Berlin Oslo Boston", South = "Madrid Athens Cairo Lima Nairobi";
    private const string Things = "lamp mirror clock bicycle blanket basket", Colors = "red blue green black white brown";
    private const string Teams = "sales support design garden kitchen", Fruits = "apple plum cherry peach melon lemon";

    // noun (table): text columns with their values; number columns with their range. The first text column names a row.
    private static readonly Definition[] Tables =
    [
        new("employee", [new("name", Girls), new("team", Teams), new("city", North)],
            [new("age", 20, 65), new("hours", 10, 60), new("points", 5, 99)]),
        new("customer", [new("name", Boys), new("city", South), new("product", Things)],
            [new("age", 18, 90), new("points", 5, 99), new("items", 1, 40)]),
        new("product", [new("name", Things), new("color", Colors), new("origin", South)],
            [new("price", 5, 99), new("weight", 1, 40), new("stock", 1, 80)]),
        new("student", [new("name", Girls), new("school", South), new("food", "bread rice cheese honey salad")],
            [new("score", 1, 99), new("age", 6, 20), new("friends", 1, 20)]),
        new("order", [new("product", Things), new("status", "open paid new lost shipped"), new("city", North)],
            [new("amount", 5, 99), new("items", 1, 12), new("days", 1, 50)]),
        new("book", [new("title", "letter ribbon feather candle map coin"), new("author", Boys), new("genre", "travel poetry crime history comedy")],
            [new("price", 5, 60), new("score", 1, 99), new("stock", 1, 30)]),
        new("player", [new("name", Boys), new("team", North), new("position", "keeper forward captain winger")],
            [new("age", 17, 39), new("score", 1, 99), new("goals", 1, 40)]),
        new("car", [new("owner", Girls), new("color", Colors), new("fuel", "gas diesel petrol")],
            [new("price", 8, 80), new("age", 1, 30), new("seats", 2, 9)]),
        new("animal", [new("name", "dog cat rabbit fox duck horse"), new("home", "garden forest river lake barn"),
            new("food", "bread rice cheese honey salad")], [new("weight", 2, 90), new("age", 1, 20), new("toys", 1, 9)]),
        new("room", [new("owner", Boys), new("view", "garden lake castle bridge tower"), new("city", North)],
            [new("size", 8, 90), new("price", 20, 99), new("seats", 1, 12)]),
        new("fruit", [new("name", Fruits), new("color", "red green yellow orange purple"), new("origin", South)],
            [new("price", 1, 30), new("stock", 5, 90), new("weight", 1, 50)]),
        new("ticket", [new("author", Girls), new("team", Teams), new("status", "open new lost paid")],
            [new("score", 1, 10), new("days", 1, 30), new("hours", 1, 99)]),
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
