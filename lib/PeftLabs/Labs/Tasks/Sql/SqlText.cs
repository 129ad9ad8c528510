using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>The text of a query, freed of what changes nothing.</summary>
internal static partial class SqlText
{
    private static readonly HashSet<string> Keywords = new(
        ("ALL AND AS ASC AVG BETWEEN BY CASE COUNT DESC DISTINCT ELSE END EXCEPT EXISTS FROM GROUP HAVING IN INNER INTERSECT IS JOIN LEFT "
        + "LIKE LIMIT MAX MIN NOT NULL OFFSET ON OR ORDER OUTER SELECT SUM THEN UNION WHEN WHERE").Split(' '), StringComparer.OrdinalIgnoreCase);

    /// <summary>Its tokens, keywords in capitals, with single spaces between and without the semicolon at the end.</summary>
    public static string Normal(string query)
    {
        var tokens = Token().Matches(query).Select(match => Keywords.Contains(match.Value) ? match.Value.ToUpperInvariant() : match.Value).ToList();
        if (tokens is [.., ";"])
            tokens.RemoveAt(tokens.Count - 1);
        return string.Join(' ', tokens);
    }

    /// <summary>The words in quotes and the whole numbers of a text that a database of few rows should hold.</summary>
    public static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value);

    [GeneratedRegex("'[^']*'|\\w+|<>|<=|>=|!=|\\S")]
    private static partial Regex Token();

    [GeneratedRegex("\\w+")]
    private static partial Regex Word();
}
