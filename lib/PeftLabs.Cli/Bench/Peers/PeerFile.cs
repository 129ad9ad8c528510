using System.Text.Json;

namespace PeftLabs.Cli.Bench.Peers;

/// <summary>Reads what another tool measured: a file of JSON lines.</summary>
public static class PeerFile
{
    private const int MostShown = 5;

    /// <summary>The measurements of a file, with the numbers of their lines. Empty lines are passed by.</summary>
    /// <exception cref="InvalidDataException">Lines are malformed; the message names the file, each line, and what is wrong with it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<(int Line, PeerMeasurement Measurement)> Read(string path)
    {
        List<(int, PeerMeasurement)> measurements = [];
        List<string> wrong = [];
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                measurements.Add((index + 1, Parse(line)));
            }
            catch (JsonException e)
            {
                wrong.Add($"line {index + 1}: {e.Message}");
            }
        }
        if (wrong.Count == 0)
            return measurements;
        var more = wrong.Count > MostShown ? $"; and {wrong.Count - MostShown} lines more" : "";
        throw new InvalidDataException($"{path}, {string.Join("; ", wrong.Take(MostShown))}{more}");
    }

    private static PeerMeasurement Parse(string line)
    {
        var measurement = JsonSerializer.Deserialize<PeerMeasurement>(line, PeerMeasurement.Json) ?? throw new JsonException("it is null.");
        Positive("batch", measurement.Batch);
        Positive("tokens", measurement.Tokens);
        Positive("seconds_per_step", measurement.SecondsPerStep);
        Positive("tokens_per_second", measurement.TokensPerSecond);
        Positive("loaded_bytes", measurement.LoadedBytes);
        Positive("peak_bytes", measurement.PeakBytes);
        return measurement;
    }

    private static void Positive(string field, double value)
    {
        if (!(value > 0))
            throw new JsonException($"{field} is {value}; it must be above 0.");
    }
}
