namespace PeftLabs.Models;

/// <summary>Shapes of well-known models by name, for measuring without their weights.</summary>
public static class ModelShapes
{
    /// <summary>The shapes.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> All { get; } = new Dictionary<string, ModelConfig>
    {
        ["smollm2-135m"] = new()
        {
            Family = ModelFamily.Llama,
            Layers = 30,
            HiddenSize = 576,
            Heads = 9,
            KeyValueHeads = 3,
            HeadSize = 64,
            IntermediateSize = 1536,
            VocabularySize = 49152,
            TiedEmbeddings = true,
        },
        ["qwen2.5-0.5b"] = new()
        {
            Family = ModelFamily.Qwen2,
            Layers = 24,
            HiddenSize = 896,
            Heads = 14,
            KeyValueHeads = 2,
            HeadSize = 64,
            IntermediateSize = 4864,
            VocabularySize = 151936,
            TiedEmbeddings = true,
            QueryKeyValueBias = true,
        },
        ["llama-1.1b"] = new()
        {
            Family = ModelFamily.Llama,
            Layers = 22,
            HiddenSize = 2048,
            Heads = 32,
            KeyValueHeads = 4,
            HeadSize = 64,
            IntermediateSize = 5632,
            VocabularySize = 32000,
        },
        ["llama-7b"] = new()
        {
            Family = ModelFamily.Llama,
            Layers = 32,
            HiddenSize = 4096,
            Heads = 32,
            KeyValueHeads = 32,
            HeadSize = 128,
            IntermediateSize = 11008,
            VocabularySize = 32000,
            MaxPositions = 4096,
        },
    };

    /// <summary>The shape of that name, or of a name of <see cref="ModelCatalogue"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ModelConfig Find(string name) => All.TryGetValue(name, out var config) ? config
        : ModelCatalogue.TryFind(name)?.Config ?? throw new ArgumentException(
            $"The shape '{name}' is not known; there are {string.Join(", ", All.Keys)}, and the models of the catalogue, of which nearest are "
            + $"{string.Join(", ", NearestNames.Of(name, ModelCatalogue.All.SelectMany(m => m.Names)))}.", nameof(name));
}
