using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>A question about drawn tables, in one of several wordings, and the query that answers it.</summary>
internal static class SqlQuestion
{
    private static readonly Func<SplitMix64, SqlTable, (string, string)>[] OneTable =
        [List, Count, Aggregate, Top, GroupCount, GroupAggregate, Distinct, Between, Having, AboveAverage];

    private static readonly (string Function, string[] Words)[] Functions =
    [
        ("AVG", ["average", "mean"]), ("SUM", ["total"]), ("MAX", ["highest", "largest"]), ("MIN", ["lowest", "smallest"]),
    ];

    public static (string Question, string Query) Draw(SplitMix64 random, IReadOnlyList<SqlTable> tables) =>
        tables.Count == 2 ? Join(random, tables[0], tables[1]) : random.Pick(OneTable)(random, tables[0]);

    private static (string, string) List(SplitMix64 random, SqlTable table)
    {
        var (where, test) = SqlCondition.Draw(random, table);
        var columns = random.Sample(Untested(table.Columns, test), random.From(1, 2));
        var wording = random.Pick(["List", "Show", "Give me", "Find"]);
        return ($"{wording} the {string.Join(" and the ", columns)} of all {table.Name} {where}.",
            $"SELECT {string.Join(", ", columns)} FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Count(SplitMix64 random, SqlTable table)
    {
        var (where, test) = SqlCondition.Draw(random, table);
        var wording = random.Pick(["How many {0} are there {1}?", "Count the {0} {1}.", "What is the number of {0} {1}?"]);
        return (string.Format(CultureInfo.InvariantCulture, wording, table.Name, where),
            $"SELECT COUNT(*) FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Aggregate(SplitMix64 random, SqlTable table)
    {
        var ((function, words), (where, test)) = (random.Pick(Functions), SqlCondition.Draw(random, table));
        var name = random.Pick(Untested(table.Numbers.Select(column => column.Name), test));
        return ($"{random.Pick(["Show", "Give me", "Find"])} the {random.Pick(words)} {table.Phrase(name)} of {table.Name} {where}.",
            $"SELECT {function}({name}) FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Top(SplitMix64 random, SqlTable table)
    {
        var (text, number) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name);
        var (count, high) = (random.From(1, 10), random.Chance(50));
        var rows = count == 1 ? table.Noun : $"{TextGeneratorNumbers.Words(count)} {table.Name}";
        var which = $"{rows} with the {(high ? "highest" : "lowest")} {table.Phrase(number)}";
        return ($"{random.Pick(["Show", "List", "Find"])} the {text} of the {which}.",
            $"SELECT {text} FROM {table.Name} ORDER BY {number} {(high ? "DESC" : "ASC")} LIMIT {count}");
    }

    private static (string, string) GroupCount(SplitMix64 random, SqlTable table)
    {
        var text = random.Pick(table.Texts).Name;
        return (random.Pick([$"How many {table.Name} are there for each {text}?", $"Count the {table.Name} per {text}.",
            $"Show every {text} with its number of {table.Name}."]), $"SELECT {text}, COUNT(*) FROM {table.Name} GROUP BY {text}");
    }

    private static (string, string) GroupAggregate(SplitMix64 random, SqlTable table)
    {
        var ((function, words), text, number) = (random.Pick(Functions), random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name);
        var wording = $"{random.Pick(words)} {table.Phrase(number)} of {table.Name} {random.Pick(["for each", "per", "by"])}";
        return ($"What is the {wording} {text}?",
            $"SELECT {text}, {function}({number}) FROM {table.Name} GROUP BY {text}");
    }

    private static (string, string) Distinct(SplitMix64 random, SqlTable table)
    {
        var (where, test) = SqlCondition.Draw(random, table);
        var text = random.Pick(Untested(table.Texts.Select(column => column.Name), test));
        var wording = random.Pick(["List the different", "Show every different", "Find the different values of"]);
        return ($"{wording} {text} of {table.Name} {where}.",
            $"SELECT DISTINCT {text} FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Between(SplitMix64 random, SqlTable table)
    {
        var (text, number) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers));
        var (a, b) = (number.Draw(random), number.Draw(random));
        (a, b) = a == b ? (a, a + 1) : (Math.Min(a, b), Math.Max(a, b));
        var where = number.Counts ? $"{a} to {b} {number.Name}" : $"{number.Name} from {a} to {b}";
        return ($"{random.Pick(["List", "Show", "Find"])} the {text} of {table.Name} with {where}.",
            $"SELECT {text} FROM {table.Name} WHERE {number.Name} BETWEEN {a} AND {b}");
    }

    private static (string, string) Having(SplitMix64 random, SqlTable table)
    {
        var (text, count) = (random.Pick(table.Texts).Name, random.From(2, 12));
        var more = $"more than {count} {table.Name}";
        return (random.Chance(50) ? $"Which {text} has {more}?" : $"Find every {text} with {more}.",
            $"SELECT {text} FROM {table.Name} GROUP BY {text} HAVING COUNT(*) > {count}");
    }

    private static (string, string) AboveAverage(SplitMix64 random, SqlTable table)
    {
        var (text, number, above) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name, random.Chance(50));
        var whose = $"whose {table.Phrase(number)} is {(above ? "above" : "below")} the average";
        return ($"{random.Pick(["List", "Show", "Find"])} the {text} of {table.Name} {whose}.",
            $"SELECT {text} FROM {table.Name} WHERE {number} {(above ? ">" : "<")} (SELECT AVG({number}) FROM {table.Name})");
    }

    private static (string, string) Join(SplitMix64 random, SqlTable parent, SqlTable child)
    {
        var (shown, asked) = (random.Pick(child.Columns.ToList()), random.Pick(parent.Texts));
        var value = asked.Draw(random);
        var from = $"FROM {child.Name} JOIN {parent.Name} ON {child.Name}.{child.Key} = {parent.Name}.id "
            + $"WHERE {parent.Name}.{asked.Name} = '{value}'";
        return random.Chance(40)
            ? ($"How many {child.Name} belong to {parent.Name} with {asked.Name} {value}?", $"SELECT COUNT(*) {from}")
            : ($"{random.Pick(["List", "Show", "Find"])} the {shown} of {child.Name} that belong to {parent.Name} "
                + $"with {asked.Name} {value}.", $"SELECT {child.Name}.{shown} {from}");
    }

    // To ask for what the condition already says would be idle.
    private static List<string> Untested(IEnumerable<string> columns, string test) => [.. columns.Except(test.Split(' '))];
}
