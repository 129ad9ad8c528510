namespace PeftLabs.Models;

/// <summary>Of known names those that a wrong one was probably meant to be.</summary>
internal static class NearestNames
{
    /// <summary>The names at the smallest edit distances, the nearest first; a name that the wrong one is a part of comes before all.</summary>
    public static IReadOnlyList<string> Of(string wrong, IEnumerable<string> names, int count = 3) =>
        [.. names.Select(name => (Name: name, Distance: Distance(Plain(wrong), Plain(name)))).OrderBy(n => n.Distance)
            .ThenBy(n => n.Name.Length).Take(count).Select(n => n.Name)];

    /// <summary>A name without case, and without what people put between its parts.</summary>
    public static string Plain(string name) =>
        new([.. name.Where(c => char.IsLetterOrDigit(c) || c == '.' || c == '/').Select(char.ToLowerInvariant)]);

    private static int Distance(string wrong, string name) =>
        wrong.Length > 0 && name.Contains(wrong, StringComparison.Ordinal) ? name.Length - wrong.Length - 1000 : Edits(wrong, name);

    // Levenshtein's distance, a row at a time.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
