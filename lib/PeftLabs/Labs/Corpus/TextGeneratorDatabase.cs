namespace PeftLabs.Labs;

/// <summary>Small databases in SQL: a table, its rows, queries, and behind each query what it gives.</summary>
internal static class TextGeneratorDatabase
{
    private static readonly Func<SplitMix64, TextGeneratorEntity, TextGeneratorRow[], string>[] Queries =
        [ByWord, ByNumber, ByBoth, Count, Aggregate, Ordered, Distinct, Grouped];

    public static string Write(SplitMix64 random)
    {
        var entity = random.Pick(TextGeneratorEntity.All);
        var rows = entity.Rows(random, random.From(3, 5));
        var columns = string.Join(", ", [entity.Name.Column, .. entity.Words.Select(w => w.Column), .. entity.Numbers.Select(n => n.Column)]);
        var inserted = rows.Select(r => $"INSERT INTO {entity.Table} VALUES ({string.Join(", ", [Text(r.Name), .. r.Words.Select(Text), .. r.Numbers])});");
        var queries = Enumerable.Range(0, random.From(2, 3)).Select(_ => random.Pick(Queries)(random, entity, rows));
        return $"CREATE TABLE {entity.Table} ({columns});\n{string.Join('\n', inserted)}\n\n{string.Join('\n', queries)}";
    }

    private static string ByWord(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var (column, value) = (random.Below(2), random.Pick(rows));
        return Query(entity.Name.Column, entity, $" WHERE {entity.Words[column].Column} = {Text(value.Words[column])}",
            rows.Where(r => r.Words[column] == value.Words[column]).Select(r => r.Name));
    }

    private static string ByNumber(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var (shown, column, value, above) = (random.Below(2), random.Below(2), random.Pick(rows), random.Chance(50));
        return Query(entity.Words[shown].Column, entity,
            $" WHERE {entity.Numbers[column].Column} {(above ? ">=" : "<")} {value.Numbers[column]}",
            rows.Where(r => above == r.Numbers[column] >= value.Numbers[column]).Select(r => r.Words[shown]));
    }

    private static string ByBoth(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var (word, number, value, limit) = (random.Below(2), random.Below(2), random.Pick(rows), random.Pick(rows));
        return Query(entity.Name.Column, entity,
            $" WHERE {entity.Words[word].Column} = {Text(value.Words[word])} AND {entity.Numbers[number].Column} <= {limit.Numbers[number]}",
            rows.Where(r => r.Words[word] == value.Words[word] && r.Numbers[number] <= limit.Numbers[number]).Select(r => r.Name));
    }

    private static string Count(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var (column, limit) = (random.Below(2), random.Pick(rows));
        return Query("COUNT(*)", entity, $" WHERE {entity.Numbers[column].Column} > {limit.Numbers[column]}",
            [$"{rows.Count(r => r.Numbers[column] > limit.Numbers[column])}"]);
    }

    private static string Aggregate(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var column = random.Below(2);
        var values = rows.Select(r => r.Numbers[column]).ToList();
        var (function, result) = random.Below(4) switch
        {
            0 => ("MAX", $"{values.Max()}"),
            1 => ("MIN", $"{values.Min()}"),
            2 => ("SUM", $"{values.Sum()}"),
            _ => ("AVG", FormattableString.Invariant($"{values.Average():0.0}")),
        };
        return Query($"{function}({entity.Numbers[column].Column})", entity, "", [result]);
    }

    private static string Ordered(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var (column, down, limit) = (random.Below(2), random.Chance(50), random.From(1, rows.Length));
        var ordered = down ? rows.OrderByDescending(r => r.Numbers[column]) : rows.OrderBy(r => r.Numbers[column]);
        return Query(entity.Name.Column, entity, $" ORDER BY {entity.Numbers[column].Column}{(down ? " DESC" : "")} LIMIT {limit}",
            ordered.Take(limit).Select(r => r.Name));
    }

    private static string Distinct(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var column = random.Below(2);
        return Query($"DISTINCT {entity.Words[column].Column}", entity, "", rows.Select(r => r.Words[column]).Distinct());
    }

    private static string Grouped(SplitMix64 random, TextGeneratorEntity entity, TextGeneratorRow[] rows)
    {
        var column = random.Below(2);
        return Query($"{entity.Words[column].Column}, COUNT(*)", entity, $" GROUP BY {entity.Words[column].Column}",
            rows.GroupBy(r => r.Words[column]).Select(g => $"{g.Key}, {g.Count()}"));
    }

    private static string Query(string shown, TextGeneratorEntity entity, string rest, IEnumerable<string> results)
    {
        var lines = results.Select(r => $"\n-- {r}").ToList();
        return $"SELECT {shown} FROM {entity.Table}{rest};{(lines.Count == 0 ? "\n-- no rows" : string.Concat(lines))}";
    }

    private static string Text(string word) => $"'{word}'";
}
