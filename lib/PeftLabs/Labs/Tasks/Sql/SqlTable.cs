namespace PeftLabs.Labs;

/// <summary>A table of a drawn schema. The one whose rows others point to has an id; <paramref name="Key"/> is the column that points.</summary>
internal sealed record SqlTable(
    string Name, string Noun, IReadOnlyList<SqlTextColumn> Texts, IReadOnlyList<SqlNumberColumn> Numbers, bool HasId = false, string? Key = null)
{
    public IEnumerable<string> Columns => Texts.Select(column => column.Name).Concat(Numbers.Select(column => column.Name));

    /// <summary>How a prompt shows it: its name and, in brackets, its columns.</summary>
    public string Line => $"{Name}({string.Join(", ", [.. HasId ? ["id"] : (string[])[], .. Columns, .. Key is null ? [] : (string[])[Key]])})";

    /// <summary>What a question calls a number of a row.</summary>
    public string Phrase(string name) => Numbers.Single(column => column.Name == name).Phrase;
}
