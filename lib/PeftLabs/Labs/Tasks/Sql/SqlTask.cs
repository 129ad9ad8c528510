namespace PeftLabs.Labs;

/// <summary>
/// A schema of one or two small tables and a question, answered by one SQL query. An answer is right by its text, and right by what it
/// gives on a database of the schema, whose rows follow from the prompt.
/// </summary>
internal sealed class SqlTask : GeneratedTask
{
    private const string Schema = "Schema: ", Question = "\nQuestion: ", Query = "\nSQL:";

    /// <inheritdoc/>
    public override string Name => "text-to-sql";

    /// <inheritdoc/>
    public override string Description => "A question about small tables, answered by one SQL query.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Metrics { get; } = ["exact match", "execution"];

    /// <inheritdoc/>
    public override int MaxNewTokens => 96;

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

    /// <summary>The database on which answers to a prompt are tried.</summary>
    /// <exception cref="ArgumentException">The prompt is none of this task.</exception>
    internal static SqlDatabase Database(string prompt)
    {
        var (start, end) = (prompt.IndexOf(Schema, StringComparison.Ordinal), prompt.IndexOf(Question, StringComparison.Ordinal));
        if (start < 0 || end < start)
            throw new ArgumentException($"The prompt '{prompt}' lacks the lines '{Schema.Trim()}' and '{Question.Trim()}' of a schema and a question.", nameof(prompt));
        return new(new SqlRows(prompt[end..], PromptHash.Of(prompt)).Statements(SqlSchema.Parse(prompt[(start + Schema.Length)..end])));
    }

    private static bool SameRows(InstructionExample example, string answer)
    {
        using var database = Database(example.Prompt);
        var right = database.Run(example.Completion.Trim())
            ?? throw new ArgumentException($"The reference '{example.Completion.Trim()}' does not run on the schema of its prompt.", nameof(example));
        var ordered = SqlText.Normal(example.Completion).Contains(" ORDER BY ", StringComparison.Ordinal);
        return database.Run(answer.Trim()) is { } given && Rows(right, ordered).SequenceEqual(Rows(given, ordered));
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
