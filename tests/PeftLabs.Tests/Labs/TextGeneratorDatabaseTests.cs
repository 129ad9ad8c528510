using System.Globalization;
using Microsoft.Data.Sqlite;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs;

public class TextGeneratorDatabaseTests
{
    private static readonly List<string> Databases =
        [.. TextGenerator.Documents(5).Where(text => text.StartsWith("CREATE TABLE", StringComparison.Ordinal)).Take(200)];

    [Fact]
    public void What_stands_behind_a_query_is_what_SQLite_gives() => Assert.All(Databases, text =>
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var (made, queries) = (text.Split("\n\n")[0], text.Split("\n\n")[1]);
        using var make = new SqliteCommand(made, connection);
        make.ExecuteNonQuery();
        foreach (var query in queries.Split("SELECT ").Skip(1).Select(q => q.TrimEnd().Split("\n-- ")))
        {
            List<string> expected = query is [_, "no rows"] ? [] : [.. query[1..]];
            var found = Rows(connection, $"SELECT {query[0]}");
            var ordered = query[0].Contains("ORDER BY");
            Assert.Equal(ordered ? expected : [.. expected.Order()], ordered ? found : [.. found.Order()]);
        }
    });

    [Fact]
    public void Every_kind_of_query_is_there()
    {
        foreach (var part in new[] { "COUNT(*)", "MAX(", "MIN(", "SUM(", "AVG(", "ORDER BY", "DESC", "LIMIT", "DISTINCT", "GROUP BY", " AND ", "-- no rows" })
            Assert.Contains(Databases, text => text.Contains(part));
    }

    private static List<string> Rows(SqliteConnection connection, string query)
    {
        using var command = new SqliteCommand(query, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join(", ", Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is double average
                ? average.ToString("0.0", CultureInfo.InvariantCulture) : $"{reader.GetValue(i)}")));
        return rows;
    }
}
