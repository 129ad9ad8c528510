using System.Text.Json.Nodes;
using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>GPUs by name, from GpuCatalogue.jsonl beside this file: memory, throughput and bandwidth as published.</summary>
public static class GpuCatalogue
{
    private const string Resource = "PeftLabs.Planning.GpuCatalogue.jsonl";
    private static readonly Lazy<IReadOnlyList<Gpu>> _all = new(Read);

    /// <summary>The GPUs.</summary>
    public static IReadOnlyList<Gpu> All => _all.Value;

    /// <summary>The GPU of a name, in whatever case, with or without NVIDIA's own names before it.</summary>
    /// <exception cref="ArgumentException">There is none: the message has the nearest names.</exception>
    public static Gpu Find(string name) =>
        All.FirstOrDefault(g => g.Also.Prepend(g.Name).Any(n => Key(n) == Key(name))) ?? throw new ArgumentException(
            $"The GPU '{name}' is not in the catalogue; nearest are {string.Join(", ", NearestNames.Of(Key(name), All.Select(g => g.Name)))}. "
            + "For another one give its memory, as in --memory 12GiB.", nameof(name));

    private static string Key(string name)
    {
        var plain = NearestNames.Plain(name);
        foreach (var brand in new[] { "nvidia", "geforce", "tesla" })
            plain = plain.Replace(brand, "", StringComparison.Ordinal);
        return plain;
    }

    private static IReadOnlyList<Gpu> Read()
    {
        using var stream = typeof(GpuCatalogue).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        var gpus = new List<Gpu>();
        while (reader.ReadLine() is { Length: > 0 } line)
            gpus.Add(Read(JsonNode.Parse(line)!.AsObject()));
        return gpus;
    }

    private static Gpu Read(JsonObject line) => new((string)line["name"]!, [.. line["also"]!.AsArray().Select(n => (string)n!)],
        (long)line["memory_mib"]! << 20, (string)line["half"]!, 1e12 * (double)line["half_tflops"]!, 1e12 * (double)line["float32_tflops"]!,
        1e9 * (double)line["gigabytes_per_second"]!);
}
