namespace PeftLabs.Labs;

/// <summary>A table of a drawn schema; <paramref name="Key"/> is the column that points to the other table.</summary>
internal sealed record TaskTable(
    string Name, string Noun, string? Key, IReadOnlyList<TaskTextColumn> Texts, IReadOnlyList<TaskNumberColumn> Numbers)
{
    public string Line =>
        $"{Name}({string.Join(", ", ["id", .. Texts.Select(column => column.Name), .. Numbers.Select(column => column.Name), .. Keys])})";

    private IEnumerable<string> Keys => Key is null ? [] : [Key];
}

/// <summary>A column of words, and the words that questions ask for.</summary>
internal sealed record TaskTextColumn(string Name, string Words)
{
    public string Draw(SplitMix64 random) => random.Pick(Words.Split(' '));
}

/// <summary>A column of whole numbers, multiples of a step.</summary>
internal sealed record TaskNumberColumn(string Name, int Least, int Most, int Step)
{
    /// <summary>Whether it counts things, as beds and goals do; its name is a plural then.</summary>
    public bool Counts => Name.EndsWith('s');

    /// <summary>What a question calls the value.</summary>
    public string Phrase => Counts ? $"number of {Name}" : Name;

    public int Draw(SplitMix64 random) => Step is 1 or 1000 ? random.From(Least, Most) * Step : random.From(Least, Most) / Step * Step;
}
