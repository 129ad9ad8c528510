using System.Text.Json.Serialization;

namespace PeftLabs.Cli.Bench;

/// <summary>What <c>lab bench load --json</c> prints.</summary>
/// <param name="Shape">The model's shape.</param>
/// <param name="Model">Reading its checkpoint in big blocks, and then the ways to load it.</param>
/// <param name="Examples">Examples of the token cache.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="DataBytes">Bytes of the JSON Lines that they come from.</param>
/// <param name="TokenizingSeconds">Opening the data where there is no cache yet: reading, tokenizing, and writing the cache.</param>
/// <param name="TokenCache">Reading the cache in big blocks, and then the ways to use it.</param>
public sealed record LoadMeasurement(
    [property: JsonPropertyName("shape")] string Shape,
    [property: JsonPropertyName("model")] IReadOnlyList<LoadSpeed> Model,
    [property: JsonPropertyName("examples")] int Examples,
    [property: JsonPropertyName("tokens")] long Tokens,
    [property: JsonPropertyName("data_bytes")] long DataBytes,
    [property: JsonPropertyName("tokenizing_seconds")] double TokenizingSeconds,
    [property: JsonPropertyName("token_cache")] IReadOnlyList<LoadSpeed> TokenCache)
{
    /// <summary>Two tables.</summary>
    public override string ToString() => string.Join(Environment.NewLine,
    [
        FormattableString.Invariant($"{Shape}: a checkpoint of {Model[0].Bytes / 1e6:0} MB (millions of bytes) in bfloat16"), Heading,
        .. Model.Select(way => $"{way}"), "",
        FormattableString.Invariant($"Token cache of {TokenCache[0].Bytes / 1e6:0} MB: {Tokens / 1e6:0.0} million tokens in {Examples} examples, ")
            + FormattableString.Invariant($"from {DataBytes / 1e6:0} MB of JSON Lines"), Heading,
        .. TokenCache.Select(way => $"{way}"),
        FormattableString.Invariant($"Tokenizing the first time: {TokenizingSeconds:0.0} s, {DataBytes / 1e6 / TokenizingSeconds:0.0} MB/s"),
    ]);

    private static string Heading => $"{"",-44}{"cold MB/s",11}{"to raw",9}{"warm MB/s",12}{"to raw",9}";
}
