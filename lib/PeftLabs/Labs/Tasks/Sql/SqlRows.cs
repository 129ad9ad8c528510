using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>
/// The statements that make a database for a prompt: the tables of its schema, and rows from a seed. A part of the values are those that
/// the question names, and the numbers beside them, so that queries which mean something else give something else (the idea of the test
/// suites of Zhong, Yu and Klein, arXiv 2010.02840).
/// </summary>
internal sealed class SqlRows
{
    private const int Named = 25;

    private readonly SplitMix64 _random;
    private readonly int _rows;
    private readonly HashSet<string> _words;
    private readonly List<int> _numbers;

    /// <summary>Rows for a question.</summary>
    /// <param name="question">The question; of its words and numbers some rows are made.</param>
    /// <param name="rows">Rows of a table; one that others point to has a third of them.</param>
    /// <param name="random">What draws them.</param>
    public SqlRows(string question, int rows, SplitMix64 random)
    {
        (_rows, _random) = (rows, random);
        _words = [.. SqlText.Words(question)];
        _numbers = [.. _words.Where(word => word.All(char.IsAsciiDigit)).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
    }

    private int ParentRows => _rows / 3;

    /// <summary>For each table a statement that makes it and one that fills it.</summary>
    public IEnumerable<string> Statements(IEnumerable<SqlTable> tables) => tables.SelectMany(Statements);

    private IEnumerable<string> Statements(SqlTable table)
    {
        IEnumerable<string> columns =
        [
            .. table.HasId ? ["id INTEGER PRIMARY KEY"] : (string[])[], .. table.Texts.Select(column => $"{column.Name} TEXT"),
            .. table.Numbers.Select(column => $"{column.Name} INTEGER"), .. table.Key is null ? [] : (string[])[$"{table.Key} INTEGER"],
        ];
        yield return $"CREATE TABLE {table.Name} ({string.Join(", ", columns)})";
        var rows = Enumerable.Range(1, table.HasId ? ParentRows : _rows).Select(row => $"({string.Join(", ", Values(table, row))})");
        yield return $"INSERT INTO {table.Name} VALUES {string.Join(", ", rows)}";
    }

    private string[] Values(SqlTable table, int row) =>
    [
        .. table.HasId ? [$"{row}"] : (string[])[], .. table.Texts.Select(Text), .. table.Numbers.Select(Number),
        .. table.Key is null ? [] : (string[])[$"{_random.From(1, ParentRows)}"],
    ];

    private string Text(SqlTextColumn column)
    {
        var named = column.Values.Where(_words.Contains).ToList();
        return $"'{(named.Count > 0 && _random.Chance(Named) ? _random.Pick(named) : column.Draw(_random))}'";
    }

    private string Number(SqlNumberColumn column) =>
        $"{(_numbers.Count > 0 && _random.Chance(Named) ? _random.Pick(_numbers) + _random.From(-1, 1) : column.Draw(_random))}";
}
