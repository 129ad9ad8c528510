namespace PeftLabs.Labs;

/// <summary>
/// A schema of one or two small tables and a question, answered by one SQL query. An answer is right by its text, and right by what it
/// gives on databases of the schema, whose rows follow from the prompt.
/// </summary>
internal sealed class SqlTask : GeneratedTask
{
    // In few rows, what differs shows in the distinct, the highest and the lowest too; in many, in groups.
    private static readonly int[] DatabaseRows = [60, 24, 9, 9, 9, 9];

    private const string Schema = "Schema: ", Question = "\nQuestion: ", Query = "\nSQL:";

    /// <inheritdoc/>
    public override string Name => "text-to-sql";

    /// <inheritdoc/>
    public override string Description => "A question about small tables, answered by one SQL query.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Metrics { get; } = ["exact match", "execution"];

    /// <inheritdoc/>
    public override int MaxNewTokens => 64;

    /// <inheritdoc/>
    protected override InstructionExample Draw(SplitMix64 random)
    {
        var tables = SqlSchema.Draw(random);
        var (question, query) = SqlQuestion.Draw(random, tables);
        return new($"{Schema}{string.Join("; ", tables.Select(table => table.Line))}{Question}{question}{Query}", $" {query};");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> Score(InstructionExample example, string answer)
    {
        var exact = SqlText.Normal(answer) == SqlText.Normal(example.Completion);
        return [exact ? 1 : 0, exact || SameRows(example, answer) ? 1 : 0];
    }

    /// <summary>The databases on which answers to a prompt are tried, from the largest on.</summary>
    /// <exception cref="ArgumentException">The prompt is none of this task.</exception>
    internal static IEnumerable<SqlDatabase> Databases(string prompt)
    {
        var (start, end) = (prompt.IndexOf(Schema, StringComparison.Ordinal), prompt.IndexOf(Question, StringComparison.Ordinal));
        if (start < 0 || end < start)
            throw new ArgumentException($"The prompt '{prompt}' lacks the lines of a schema and a question.", nameof(prompt));
        var (tables, seed) = (SqlSchema.Parse(prompt[(start + Schema.Length)..end]), PromptHash.Of(prompt));
        return DatabaseRows.Select((rows, index) =>
            new SqlDatabase(new SqlRows(prompt[end..], rows, SplitMix64.Stream(seed, (ulong)index)).Statements(tables)));
    }

    private static bool SameRows(InstructionExample example, string answer)
    {
        var (query, ordered) = (example.Completion.Trim(), SqlText.Normal(example.Completion).Contains(" ORDER BY ", StringComparison.Ordinal));
        foreach (var database in Databases(example.Prompt))
            using (database)
            {
                var right = database.Run(query)
                    ?? throw new ArgumentException($"The reference '{query}' does not run on the schema of its prompt.", nameof(example));
                if (database.Run(answer.Trim()) is not { } given || !Rows(right, ordered).SequenceEqual(Rows(given, ordered)))
                    return false;
            }
        return true;
    }

    private static IEnumerable<string> Rows(IReadOnlyList<IReadOnlyList<object?>> rows, bool ordered)
    {
        var lines = rows.Select(row => FormattableString.Invariant($"{row.Count}:") + string.Join('\u001F', row.Select(Text)));
        return ordered ? lines : lines.Order(StringComparer.Ordinal);
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        double number => FormattableString.Invariant($"{number:R}"),
        _ => $"'{value}'",
    };
}
