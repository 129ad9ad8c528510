namespace PeftLabs.Hub;

/// <summary>An access token of the hub. It tells where it came from, and never what it is.</summary>
public sealed class HubToken
{
    /// <summary>A token, and the place that a message about it names.</summary>
    /// <exception cref="ArgumentException">It is empty, or has characters that no token has.</exception>
    public HubToken(string value, string source = "the options")
    {
        Value = value.Trim();
        Source = source;
        if (Value.Length == 0 || Value.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException(
                $"The token from {source} is empty or has characters that no token has; it must be like hf_….", nameof(value));
        }
    }

    /// <summary>Where it came from: a variable of the environment, or a file.</summary>
    public string Source { get; }

    internal string Value { get; }

    /// <summary>Says that there is one, and whence.</summary>
    public override string ToString() => $"a token from {Source}";
}
