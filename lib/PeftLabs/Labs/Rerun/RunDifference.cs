namespace PeftLabs.Labs;

/// <summary>Something that was one thing in a run and is another now.</summary>
/// <param name="What">What it is, such as "data hash" or "libtorch".</param>
/// <param name="Before">What it was in the run.</param>
/// <param name="Now">What it is now.</param>
public sealed record RunDifference(string What, string Before, string Now)
{
    /// <inheritdoc/>
    public override string ToString() => $"{What}: {Before} then, {Now} now";
}
