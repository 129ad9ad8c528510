using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PeftLabs.Labs;

/// <summary>
/// A SQLite database in memory on which queries of a model are tried: one SELECT at a time, which may neither write, nor run long, nor
/// give or hold much. Disposing frees it.
/// </summary>
internal sealed class SqlDatabase : IDisposable
{
    // A right query of these tables takes some thousand instructions of SQLite's machine and gives some hundred rows at most.
    private const int InstructionsBetweenCalls = 10_000, Calls = 200, Rows = 10_000, Bytes = 1000;
    private const int LimitOfLength = 0;

    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");
    private int _calls;

    /// <summary>A database after statements that make it.</summary>
    public SqlDatabase(IEnumerable<string> statements)
    {
        _connection.Open();
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = string.Join(";\n", statements);
            command.ExecuteNonQuery();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
        _ = raw.sqlite3_limit(_connection.Handle!, LimitOfLength, Bytes);
        raw.sqlite3_progress_handler(_connection.Handle!, InstructionsBetweenCalls, _ => ++_calls > Calls ? 1 : 0, null);
    }

    /// <summary>The rows that a query gives; null where it is not one SELECT, fails, or goes beyond the limits.</summary>
    public IReadOnlyList<IReadOnlyList<object?>>? Run(string query)
    {
        if (!query.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase))
            return null;
        var database = _connection.Handle!;
        var prepared = raw.sqlite3_prepare_v2(database, query, out var statement, out var rest);
        using (statement)
        {
            var alone = prepared == raw.SQLITE_OK && rest.Trim(' ', ';', '\n', '\t', '\r') == "";
            return alone && raw.sqlite3_stmt_readonly(statement) != 0 ? Step(statement) : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private List<object?[]>? Step(sqlite3_stmt statement)
    {
        _calls = 0;
        List<object?[]> rows = [];
        var columns = raw.sqlite3_column_count(statement);
        while (rows.Count <= Rows)
        {
            var state = raw.sqlite3_step(statement);
            if (state == raw.SQLITE_DONE)
                return rows;
            if (state != raw.SQLITE_ROW)
                return null;
            rows.Add([.. Enumerable.Range(0, columns).Select(column => Value(statement, column))]);
        }
        return null;
    }

    // Whole numbers and fractions that are equal in SQL are equal here.
    private static object? Value(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER or raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column),
        _ => raw.sqlite3_column_text(statement, column).utf8_to_string(),
    };
}
