namespace PeftLabs.Labs;

/// <summary>What rows are asked for: a word, a number, or both, in a question's words and as the test of a query.</summary>
internal static class SqlCondition
{
    // How a measure is compared (a weight over 3) and how a count is (more than 3 beds).
    private static readonly (string[] Measure, string[] Count, string Sign)[] Comparisons =
    [
        (["over", "above"], ["over", "more than"], ">"), (["under", "below"], ["under", "less than"], "<"),
        (["of at least"], ["at least"], ">="), (["of at most"], ["at most"], "<="), (["of"], ["just"], "="),
    ];

    public static (string Where, string Test) Draw(SplitMix64 random, SqlTable table)
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

    private static (string Where, string Test) OfText(SplitMix64 random, SqlTextColumn column)
    {
        var (word, not) = (column.Draw(random), random.Chance(15));
        return (not ? $"{column.Name} other than {word}" : $"{column.Name} {word}", $"{column.Name} {(not ? "<>" : "=")} '{word}'");
    }

    private static (string Where, string Test) OfNumber(SplitMix64 random, SqlNumberColumn column)
    {
        var (value, comparison) = (column.Draw(random), random.Pick(Comparisons));
        if (column.Counts && value == 1)
            value = 2; // so that the plural fits
        var words = random.Pick(column.Counts ? comparison.Count : comparison.Measure);
        var where = column.Counts ? $"{words} {value} {column.Name}" : $"{column.Name} {words} {value}";
        return (where, $"{column.Name} {comparison.Sign} {value}");
    }
}
