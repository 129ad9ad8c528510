namespace PeftLabs.Labs;

/// <summary>The tables that questions are about; each draw takes some of a table's columns, so that schemas differ.</summary>
internal static class TaskGeneratorSchema
{
    // noun (table): text columns with their values; number columns with their range. The first text column names a row.
    private static readonly Table[] Tables =
    [
        new("employee", [new("name", "Anna Ben Clara Omar Ravi Nora Hugo Yuki"), new("city", "Paris London Rome Berlin Oslo Lima"),
            new("department", "sales research support finance design")],
            [new("salary", 20, 90, 1000), new("age", 20, 65, 1), new("projects", 1, 12, 1)]),
        new("product", [new("name", "lamp chair table mirror shelf carpet"), new("color", "red blue green black white"),
            new("category", "kitchen garden office bedroom")],
            [new("price", 5, 95, 1), new("stock", 0, 500, 10), new("weight", 1, 40, 1)]),
        new("book", [new("title", "Storm Harbor Winter Lantern Orchard"), new("author", "Keller Moreau Tanaka Okafor Lindgren"),
            new("genre", "fantasy history poetry crime travel")],
            [new("pages", 80, 800, 10), new("year", 1950, 2024, 1), new("copies", 1, 30, 1)]),
        new("student", [new("name", "Mia Leo Zoe Finn Ivy Karim Greta"), new("school", "North South Lakeside Hillview"),
            new("subject", "math music biology art physics")],
            [new("grade", 1, 12, 1), new("score", 10, 100, 1), new("absences", 0, 20, 1)]),
        new("flight", [new("code", "PL12 PL34 PL56 PL78 PL90"), new("origin", "Madrid Vienna Cairo Tokyo Boston"),
            new("destination", "Dublin Athens Prague Delhi Sydney")],
            [new("duration", 45, 800, 5), new("seats", 50, 300, 10), new("delay", 0, 120, 5)]),
        new("movie", [new("title", "Tide Echo Summit Mirage Ember"), new("director", "Silva Novak Haddad Berg Castro"),
            new("country", "France Japan Brazil Norway Egypt")],
            [new("year", 1960, 2024, 1), new("rating", 1, 10, 1), new("minutes", 60, 200, 5)]),
        new("purchase", [new("customer", "Alder Birch Cedar Maple Willow"), new("status", "open shipped paid returned"),
            new("country", "Spain Italy Peru Kenya India")],
            [new("amount", 10, 900, 5), new("items", 1, 25, 1), new("discount", 0, 50, 5)]),
        new("player", [new("name", "Diaz Weber Kimura Rossi Larsen"), new("team", "Eagles Sharks Wolves Tigers Bears"),
            new("position", "goalkeeper defender midfielder forward")],
            [new("goals", 1, 40, 1), new("age", 17, 39, 1), new("matches", 1, 60, 1)]),
        new("car", [new("model", "Comet Falcon Breeze Atlas Nova"), new("maker", "Arden Bolt Corsa Delta"),
            new("fuel", "petrol diesel electric hybrid")],
            [new("price", 8, 80, 1000), new("doors", 2, 5, 1), new("power", 50, 400, 10)]),
        new("animal", [new("name", "Bella Rocky Luna Simba Coco"), new("species", "lion zebra otter parrot tortoise"),
            new("habitat", "savanna river forest island")],
            [new("weight", 1, 300, 1), new("age", 1, 60, 1), new("meals", 1, 6, 1)]),
        new("city", [new("name", "Lisbon Bergen Porto Quito Hanoi"), new("country", "Portugal Norway Ecuador Vietnam"),
            new("climate", "mild tropical cold dry")],
            [new("population", 10, 900, 1000), new("area", 20, 800, 1), new("schools", 5, 200, 1)], "cities"),
        new("room", [new("hotel", "Plaza Central Seaview Garden"), new("type", "single double suite family"),
            new("view", "sea city park mountain")],
            [new("rate", 40, 400, 5), new("floor", 1, 20, 1), new("beds", 1, 5, 1)]),
    ];

    // Which rows belong to which.
    private static readonly (string Parent, string Child)[] Keys =
    [
        ("city", "student"), ("city", "room"), ("city", "employee"), ("city", "player"), ("city", "animal"), ("product", "purchase"),
        ("car", "purchase"), ("book", "purchase"), ("employee", "purchase"), ("employee", "car"), ("employee", "student"),
        ("student", "book"), ("player", "car"), ("employee", "animal"), ("flight", "employee"), ("movie", "purchase"),
    ];

    /// <summary>One table, or now and then two that a key joins.</summary>
    public static IReadOnlyList<TaskTable> Draw(SplitMix64 random)
    {
        if (!random.Chance(25))
            return [Draw(random, random.Pick(Tables), null)];
        var (parent, child) = random.Pick(Keys);
        return [Draw(random, Of(parent), null), Draw(random, Of(child), $"{parent}_id")];
    }

    private static Table Of(string noun) => Array.Find(Tables, table => table.Noun == noun)!;

    private static TaskTable Draw(SplitMix64 random, Table table, string? key)
    {
        var texts = random.Sample(table.Texts, random.From(2, table.Texts.Length));
        var numbers = random.Sample(table.Numbers, random.From(2, table.Numbers.Length));
        return new(table.Plural ?? table.Noun + "s", table.Noun, key, texts, numbers);
    }

    private sealed record Table(string Noun, TaskTextColumn[] Texts, TaskNumberColumn[] Numbers, string? Plural = null);
}
