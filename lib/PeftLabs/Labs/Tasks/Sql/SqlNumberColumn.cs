namespace PeftLabs.Labs;

/// <summary>A column of whole numbers.</summary>
internal sealed record SqlNumberColumn(string Name, int Least, int Most)
{
    /// <summary>Whether it counts things, as beds and goals do; its name is a plural then.</summary>
    public bool Counts => Name.EndsWith('s');

    /// <summary>What a question calls the value.</summary>
    public string Phrase => Counts ? $"number of {Name}" : Name;

    public int Draw(SplitMix64 random) => random.From(Least, Most);
}
