using System.Globalization;

namespace PeftLabs.Labs;

/// <summary>
/// The statements that make a database for a prompt: the tables of its schema, and rows from a seed. A part of the values are those that
/// the question names, and the numbers beside them, so that queries which mean something else give something else (the idea of the test
/// suites of Zhong, Yu and Klein, arXiv 2010.02840).
/// </summary>
internal sealed class SqlRows
{
    private const int ParentRows = 20, Rows = 60, Named = 25;

    private readonly SplitMix64 _random;
    private readonly HashSet<string> _words;
    private readonly List<int> _numbers;

    public SqlRows(string question, ulong seed)
    {
        _random = SplitMix64.Stream(seed, 0);
        _words = [.. SqlText.Words(question)];
        _numbers = [.. _words.Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).Where(n => n >= 0)];
    }

    public IEnumerable<string> Statements(IEnumerable<SqlTable> tables) => tables.SelectMany(Statements);

    private IEnumerable<string> Statements(SqlTable table)
    {
        IEnumerable<string> columns =
        [
            .. table.HasId ? ["id INTEGER PRIMARY KEY"] : (string[])[], .. table.Texts.Select(column => $"{column.Name} TEXT"),
            .. table.Numbers.Select(column => $"{column.Name} INTEGER"), .. table.Key is null ? [] : (string[])[$"{table.Key} INTEGER"],
        ];
        yield return $"CREATE TABLE {table.Name} ({string.Join(", ", columns)})";
        var rows = Enumerable.Range(1, table.HasId ? ParentRows : Rows).Select(row => $"({string.Join(", ", Values(table, row))})");
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
