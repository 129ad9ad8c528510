using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>A question about drawn tables, in one of several wordings, and the query that answers it.</summary>
internal static class TaskGeneratorQuery
{
    private static readonly Func<SplitMix64, TaskTable, (string, string)>[] OneTable =
        [List, Count, Aggregate, Top, GroupCount, GroupAggregate, Distinct, Between, Having, AboveAverage];

    private static readonly (string Function, string[] Words)[] Functions =
    [
        ("AVG", ["average", "mean"]), ("SUM", ["total"]),
        ("MAX", ["highest", "largest", "maximum"]), ("MIN", ["lowest", "smallest", "minimum"]),
    ];

    // How a measure is compared (a weight over 3) and how a count is (more than 3 beds).
    private static readonly (string[] Measure, string[] Count, string Sign)[] Comparisons =
    [
        (["over", "above", "greater than"], ["over", "more than"], ">"), (["under", "below", "less than"], ["under", "fewer than"], "<"),
        (["of at least"], ["at least"], ">="), (["of at most"], ["at most"], "<="), (["of exactly"], ["exactly"], "="),
    ];

    public static (string Question, string Query) Draw(SplitMix64 random, IReadOnlyList<TaskTable> tables) =>
        tables.Count == 2 ? Join(random, tables[0], tables[1]) : random.Pick(OneTable)(random, tables[0]);

    private static (string, string) List(SplitMix64 random, TaskTable table)
    {
        var (where, test) = Condition(random, table);
        var columns = random.Sample(Untested(Columns(table), test), random.From(1, 2));
        var wording = random.Pick(["List", "Show", "Give me", "Find"]);
        return ($"{wording} the {string.Join(" and the ", columns)} of all {table.Name} {where}.",
            $"SELECT {string.Join(", ", columns)} FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Count(SplitMix64 random, TaskTable table)
    {
        var (where, test) = Condition(random, table);
        var wording = random.Pick(["How many {0} are there {1}?", "Count the {0} {1}.", "What is the number of {0} {1}?"]);
        return (string.Format(CultureInfo.InvariantCulture, wording, table.Name, where),
            $"SELECT COUNT(*) FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Aggregate(SplitMix64 random, TaskTable table)
    {
        var ((function, words), (where, test)) = (random.Pick(Functions), Condition(random, table));
        var name = random.Pick(Untested(table.Numbers.Select(column => column.Name), test));
        return ($"{random.Pick(["Compute", "Give me", "Find"])} the {random.Pick(words)} {Phrase(table, name)} of {table.Name} {where}.",
            $"SELECT {function}({name}) FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Top(SplitMix64 random, TaskTable table)
    {
        var (text, number) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name);
        var (count, high) = (random.From(1, 10), random.Chance(50));
        var rows = count == 1 ? table.Noun : $"{TextGeneratorNumbers.Words(count)} {table.Name}";
        var which = $"{rows} with the {(high ? "highest" : "lowest")} {Phrase(table, number)}";
        return ($"{random.Pick(["Show", "List", "Find"])} the {text} of the {which}.",
            $"SELECT {text} FROM {table.Name} ORDER BY {number} {(high ? "DESC" : "ASC")} LIMIT {count}");
    }

    private static (string, string) GroupCount(SplitMix64 random, TaskTable table)
    {
        var text = random.Pick(table.Texts).Name;
        return (random.Pick([$"How many {table.Name} are there for each {text}?", $"Count the {table.Name} per {text}.",
            $"Show every {text} with its number of {table.Name}."]), $"SELECT {text}, COUNT(*) FROM {table.Name} GROUP BY {text}");
    }

    private static (string, string) GroupAggregate(SplitMix64 random, TaskTable table)
    {
        var ((function, words), text, number) = (random.Pick(Functions), random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name);
        var wording = $"{random.Pick(words)} {Phrase(table, number)} of {table.Name} {random.Pick(["for each", "per", "by"])}";
        return ($"What is the {wording} {text}?",
            $"SELECT {text}, {function}({number}) FROM {table.Name} GROUP BY {text}");
    }

    private static (string, string) Distinct(SplitMix64 random, TaskTable table)
    {
        var (where, test) = Condition(random, table);
        var text = random.Pick(Untested(table.Texts.Select(column => column.Name), test));
        var wording = random.Pick(["List every different", "Show each distinct", "Find the different values of"]);
        return ($"{wording} {text} of {table.Name} {where}.",
            $"SELECT DISTINCT {text} FROM {table.Name} WHERE {test}");
    }

    private static (string, string) Between(SplitMix64 random, TaskTable table)
    {
        var (text, number) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers));
        var (a, b) = (number.Draw(random), number.Draw(random));
        (a, b) = (Math.Min(a, b), Math.Max(a, b));
        var where = number.Counts ? $"{a} to {b} {number.Name}" : $"{number.Name} from {a} to {b}";
        return ($"{random.Pick(["List", "Show", "Find"])} the {text} of {table.Name} with {where}.",
            $"SELECT {text} FROM {table.Name} WHERE {number.Name} BETWEEN {a} AND {b}");
    }

    private static (string, string) Having(SplitMix64 random, TaskTable table)
    {
        var (text, count) = (random.Pick(table.Texts).Name, random.From(2, 20));
        var more = $"more than {count} {table.Name}";
        return (random.Chance(50) ? $"Which {text} has {more}?" : $"Find every {text} with {more}.",
            $"SELECT {text} FROM {table.Name} GROUP BY {text} HAVING COUNT(*) > {count}");
    }

    private static (string, string) AboveAverage(SplitMix64 random, TaskTable table)
    {
        var (text, number, above) = (random.Pick(table.Texts).Name, random.Pick(table.Numbers).Name, random.Chance(50));
        var whose = $"whose {Phrase(table, number)} is {(above ? "above" : "below")} the average";
        return ($"{random.Pick(["List", "Show", "Find"])} the {text} of {table.Name} {whose}.",
            $"SELECT {text} FROM {table.Name} WHERE {number} {(above ? ">" : "<")} (SELECT AVG({number}) FROM {table.Name})");
    }

    private static (string, string) Join(SplitMix64 random, TaskTable parent, TaskTable child)
    {
        var (shown, asked) = (random.Pick(Columns(child).ToList()), random.Pick(parent.Texts));
        var value = asked.Draw(random);
        var from = $"FROM {child.Name} JOIN {parent.Name} ON {child.Name}.{child.Key} = {parent.Name}.id "
            + $"WHERE {parent.Name}.{asked.Name} = '{value}'";
        return random.Chance(40)
            ? ($"How many {child.Name} belong to {parent.Name} with {asked.Name} {value}?", $"SELECT COUNT(*) {from}")
            : ($"{random.Pick(["List", "Show", "Find"])} the {shown} of {child.Name} that belong to {parent.Name} "
                + $"with {asked.Name} {value}.", $"SELECT {child.Name}.{shown} {from}");
    }

    private static (string Where, string Test) Condition(SplitMix64 random, TaskTable table)
    {
        var (first, second) = (OfText(random, random.Pick(table.Texts)), OfNumber(random, random.Pick(table.Numbers)));
        return random.Below(100) switch
        {
            < 40 => ($"with {first.Where}", first.Test),
            < 65 => ($"with {second.Where}", second.Test),
            < 88 => ($"with {first.Where} and {second.Where}", $"{first.Test} AND {second.Test}"),
            _ => ($"with {first.Where} or {second.Where}", $"{first.Test} OR {second.Test}"),
        };
    }

    private static (string Where, string Test) OfText(SplitMix64 random, TaskTextColumn column)
    {
        var (word, not) = (column.Draw(random), random.Chance(15));
        return (not ? $"{column.Name} other than {word}" : $"{column.Name} {word}", $"{column.Name} {(not ? "<>" : "=")} '{word}'");
    }

    private static (string Where, string Test) OfNumber(SplitMix64 random, TaskNumberColumn column)
    {
        var (value, comparison) = (column.Draw(random), random.Pick(Comparisons));
        if (column.Counts && value == 1)
            value = 2; // so that the plural fits
        var words = random.Pick(column.Counts ? comparison.Count : comparison.Measure);
        var where = column.Counts ? $"{words} {value} {column.Name}" : $"{column.Name} {words} {value}";
        return (where, $"{column.Name} {comparison.Sign} {value}");
    }

    private static IEnumerable<string> Columns(TaskTable table) =>
        table.Texts.Select(column => column.Name).Concat(table.Numbers.Select(column => column.Name));

    // To ask for what the condition already says would be idle.
    private static List<string> Untested(IEnumerable<string> columns, string test) => [.. columns.Except(test.Split(' '))];

    private static string Phrase(TaskTable table, string name) => table.Numbers.Single(column => column.Name == name).Phrase;
}
