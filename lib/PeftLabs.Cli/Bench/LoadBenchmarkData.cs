using System.Text.Json;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Bench;

/// <summary>Generated JSON Lines of a wanted size.</summary>
internal static class LoadBenchmarkData
{
    private const ulong Seed = 7;
    private const int Distinct = 20_000;

    /// <summary>Writes lines with a prompt and a completion, which come again after some twenty thousand, and gives the path.</summary>
    public static string Write(string path, long bytes, Action<string> progress, CancellationToken cancellation)
    {
        progress($"writing {bytes / 1_000_000} MB of JSON Lines");
        var lines = TextGenerator.Documents(Seed).Take((int)Math.Min(Distinct, 1 + bytes / 100)).Select(Line).ToList();
        using var file = File.Create(path, 1 << 20);
        for (var i = 0; file.Position < bytes; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(lines[i % lines.Count]);
        }
        return path;
    }

    private static byte[] Line(string document)
    {
        var half = document.IndexOf(' ', document.Length / 2);
        half = half < 0 ? document.Length / 2 : half;
        return [.. JsonSerializer.SerializeToUtf8Bytes(new { prompt = document[..half], completion = document[half..] }), (byte)'\n'];
    }
}
