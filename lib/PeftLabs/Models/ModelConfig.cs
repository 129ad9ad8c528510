using System.Text.Json.Nodes;

namespace PeftLabs.Models;

/// <summary>The shape of a model: what its config.json says, checked, with defaults filled in.</summary>
public sealed record ModelConfig
{
    /// <summary>The family, which names the tensors.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Features of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Features within the feed-forward.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Decoder blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; fewer than <see cref="Heads"/> under grouped-query attention.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Features of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Added to the mean square in RMS norm.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>True where the head is the embedding's matrix.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Biases on query, key and value.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>A bias on attention's output projection.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Biases in the feed-forward.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Rotary position embedding.</summary>
    public RotaryConfig Rotary { get; init; } = new();

    /// <summary>Longest sequence that the model was made for, in tokens.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Standard deviation of a weight drawn at random.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Tokens that end a generated text.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>The token that begins a text, where there is one.</summary>
    public int? BeginToken { get; init; }

    /// <summary>True where config.json says that the projections are stored in bitsandbytes' 4 bits.</summary>
    public bool IsBitsAndBytes4Bit { get; init; }

    /// <summary>config.json as it was read, for fields that the kit passes on unchanged; null for a config made in code.</summary>
    public JsonObject? Source { get; init; }

    /// <summary>Parameters of the model; a tied head counts once.</summary>
    public long Parameters
    {
        get
        {
            long hidden = HiddenSize, query = (long)Heads * HeadSize, keyValue = (long)KeyValueHeads * HeadSize;
            var attention = hidden * (query + 2 * keyValue) + query * hidden
                + (QueryKeyValueBias ? query + 2 * keyValue : 0) + (OutputBias ? hidden : 0);
            var feedForward = 3 * hidden * IntermediateSize + (FeedForwardBias ? 2L * IntermediateSize + hidden : 0);
            var embedding = (long)VocabularySize * hidden;
            return Layers * (attention + feedForward + 2 * hidden) + hidden + (TiedEmbeddings ? 1 : 2) * embedding;
        }
    }

    /// <summary>Reads config.json in a model's folder, or the file itself.</summary>
    /// <exception cref="ModelFormatException">The file is missing or broken, or names something that the kit does not do.</exception>
    public static ModelConfig Load(string path) => ModelConfigReader.Load(path);
}
