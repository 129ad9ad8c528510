using System.Text.Json.Nodes;

namespace PeftLabs.Models;

/// <summary>
/// Published models of the families that the kit opens, for planning without their weights: the fields of their config.json, from
/// ModelCatalogue.jsonl beside this file.
/// </summary>
public static class ModelCatalogue
{
    private const string Resource = "PeftLabs.Models.ModelCatalogue.jsonl";
    private static readonly Lazy<IReadOnlyList<CatalogueModel>> _all = new(Read);

    /// <summary>The models.</summary>
    public static IReadOnlyList<CatalogueModel> All => _all.Value;

    /// <summary>The model of a name, short or of the hub, in whatever case; null where there is none.</summary>
    public static CatalogueModel? TryFind(string name) =>
        All.FirstOrDefault(m => m.Names.Any(n => NearestNames.Plain(n) == NearestNames.Plain(name)));

    /// <summary>The model of a name, short or of the hub, in whatever case.</summary>
    /// <exception cref="ArgumentException">There is none: the message has the nearest names.</exception>
    public static CatalogueModel Find(string name) => TryFind(name) ?? throw new ArgumentException(
        $"There is no folder, no file and no published model known as '{name}'; nearest are "
        + $"{string.Join(", ", NearestNames.Of(name, All.SelectMany(m => m.Names)))}. "
        + "A model of your own is named by its folder, or by its config.json.", nameof(name));

    /// <summary>The config of a catalogue's name, of a model's folder, or of a config.json file.</summary>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    /// <exception cref="ModelFormatException">config.json is broken, or names something that the kit does not do.</exception>
    public static ModelConfig Resolve(string text) => Directory.Exists(text) || File.Exists(text) ? ModelConfig.Load(text) : Find(text).Config;

    private static IReadOnlyList<CatalogueModel> Read()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        var models = new List<CatalogueModel>();
        while (reader.ReadLine() is { Length: > 0 } line)
            models.Add(Model(JsonNode.Parse(line)!.AsObject()));
        return models;
    }

    private static CatalogueModel Model(JsonObject line)
    {
        var name = (string)line["name"]!;
        return new(name, (string)line["hub"]!, [.. line["also"]!.AsArray().Select(n => (string)n!)], (long)line["parameters"]!,
            ModelConfigReader.Read($"{Resource}, {name}", line["config"]!.AsObject()));
    }
}
