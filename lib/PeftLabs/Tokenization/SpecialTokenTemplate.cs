namespace PeftLabs.Tokenization;

/// <summary>What a post-processor puts before and after the ids of a text.</summary>
internal sealed record SpecialTokenTemplate(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static SpecialTokenTemplate Empty { get; } = new([], []);

    public SpecialTokenTemplate WrappedIn(SpecialTokenTemplate outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]);
}

/// <summary>The longest an encoding may become, special tokens counted, and which end is cut.</summary>
internal sealed record Truncation(int MaxLength, bool FromLeft);
