using System.Text.RegularExpressions;

namespace PeftLabs.Tests.Labs.Tasks;

/// <summary>
/// Parses the dialect of the generated queries and checks it against a schema line: tables and columns exist, words are compared to
/// words and numbers to numbers. Written apart from the generator, so that the two check each other.
/// </summary>
public sealed partial class SqlChecker
{
    private readonly Dictionary<string, HashSet<string>> _tables;
    private readonly Queue<string> _tokens;
    private List<string> _from = [];

    private SqlChecker(string schema, string sql)
    {
        _tables = Table().Matches(schema)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Split(", ").ToHashSet());
        _tokens = new(Token().Matches(sql).Select(match => match.Value));
        if (string.Concat(_tokens) != sql.Replace(" ", ""))
            throw new FormatException($"unknown characters in {sql}");
    }

    /// <summary>Throws where the query is wrong.</summary>
    public static void Check(string schema, string sql)
    {
        var checker = new SqlChecker(schema, sql);
        checker.Select();
        checker.Expect(";");
        if (checker._tokens.Count > 0)
            throw new FormatException($"'{checker._tokens.Peek()}' follows the end");
    }

    private void Select()
    {
        Expect("SELECT");
        Take("DISTINCT");
        var items = new List<string[]>();
        do
            items.Add(Item());
        while (Take(","));
        Expect("FROM");
        From();
        items.ForEach(CheckColumn);
        if (Take("WHERE"))
            do
                Condition();
            while (Take("AND") || Take("OR"));
        if (Take("GROUP"))
        {
            Expect("BY");
            CheckColumn(Column());
            if (Take("HAVING"))
            {
                CheckColumn(Item());
                Sign();
                Number();
            }
        }
        if (Take("ORDER"))
        {
            Expect("BY");
            CheckColumn(Column());
            if (!Take("DESC"))
                Expect("ASC");
        }
        if (Take("LIMIT"))
            Number();
    }

    private void From()
    {
        _from = [TableName()];
        if (!Take("JOIN"))
            return;
        _from.Add(TableName());
        Expect("ON");
        CheckColumn(Column());
        Expect("=");
        CheckColumn(Column());
    }

    private void Condition()
    {
        CheckColumn(Column());
        if (Take("BETWEEN"))
        {
            var low = Number();
            Expect("AND");
            if (Number() < low)
                throw new FormatException("an empty range");
            return;
        }
        var sign = Sign();
        if (Take("("))
        {
            var outer = _from;
            Select();
            _from = outer;
            Expect(")");
        }
        else if (_tokens.Peek()[0] != '\'')
            Number();
        else if (sign is "=" or "<>")
            _tokens.Dequeue();
        else
            throw new FormatException($"a word is compared by {sign}");
    }

    private string[] Item()
    {
        if (_tokens.Peek() is not ("COUNT" or "AVG" or "MAX" or "MIN" or "SUM"))
            return Column();
        _tokens.Dequeue();
        Expect("(");
        var column = Take("*") ? [] : Column();
        Expect(")");
        return column;
    }

    private string[] Column() => _tokens.Dequeue().Split('.');

    private void CheckColumn(string[] column)
    {
        var known = column switch
        {
            [] => true,
            [var name] => _from.Count == 1 && _tables[_from[0]].Contains(name),
            [var table, var name] => _from.Contains(table) && _tables[table].Contains(name),
            _ => false,
        };
        if (!known)
            throw new FormatException($"no column {string.Join('.', column)}");
    }

    private string TableName() =>
        _tables.ContainsKey(_tokens.Peek()) ? _tokens.Dequeue() : throw new FormatException($"no table {_tokens.Peek()}");

    private string Sign() =>
        _tokens.Peek() is "=" or "<>" or "<" or ">" or "<=" or ">=" ? _tokens.Dequeue()
            : throw new FormatException($"no sign {_tokens.Peek()}");

    private int Number() => int.Parse(_tokens.Dequeue());

    private bool Take(string token) => _tokens.TryPeek(out var next) && next == token && _tokens.TryDequeue(out _);

    private void Expect(string token)
    {
        if (!Take(token))
            throw new FormatException($"{token} is due, not {(_tokens.TryPeek(out var next) ? next : "the end")}");
    }

    [GeneratedRegex("(\\w+)\\(([^)]*)\\)")]
    private static partial Regex Table();

    [GeneratedRegex("'[^']*'|[A-Za-z_]+(\\.[a-z_]+)?|\\d+|<>|<=|>=|[=<>(),;*]")]
    private static partial Regex Token();
}
