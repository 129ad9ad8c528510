using System.Text.Json.Serialization;

namespace PeftLabs.Cli.Bench;

/// <summary>How long something takes that reads files: the best of some repeats, since others can only slow one down.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Bytes">Bytes of the files.</param>
/// <param name="ColdSeconds">With none of them in memory before; null where the system cannot be told to forget a file.</param>
/// <param name="WarmSeconds">With all of them in memory.</param>
/// <param name="ColdToRaw">Cold seconds over those of reading the same files in big blocks; null where there are none.</param>
/// <param name="WarmToRaw">The same warm.</param>
public sealed record LoadSpeed(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("cold_seconds")] double? ColdSeconds,
    [property: JsonPropertyName("warm_seconds")] double WarmSeconds,
    [property: JsonPropertyName("cold_to_raw")] double? ColdToRaw = null,
    [property: JsonPropertyName("warm_to_raw")] double? WarmToRaw = null)
{
    /// <summary>A line of the table.</summary>
    public override string ToString()
    {
        return $"{Name,-44}{Speed(ColdSeconds),11}{Ratio(ColdToRaw),9}{Speed(WarmSeconds),12}{Ratio(WarmToRaw),9}";

        string Speed(double? seconds) => seconds is { } some ? FormattableString.Invariant($"{Bytes / 1e6 / some:0}") : "-";

        static string Ratio(double? ratio) => ratio is { } some ? FormattableString.Invariant($"{some:0.00}") : "-";
    }
}
