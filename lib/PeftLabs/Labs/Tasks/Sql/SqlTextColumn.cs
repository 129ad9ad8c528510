namespace PeftLabs.Labs;

/// <summary>A column of words, and the words that it holds.</summary>
internal sealed record SqlTextColumn(string Name, string Words)
{
    public IReadOnlyList<string> Values { get; } = Words.Split(' ');

    public string Draw(SplitMix64 random) => random.Pick(Values);
}
