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

    /// <summary>What norms add under their root.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>True where the head is the embedding's matrix.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Biases on query, key and value.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>A bias on attention's output projection.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Biases in the feed-forward.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The function within the feed-forward.</summary>
    public Activation Activation { get; init; }

    /// <summary>True where attention and feed-forward both read the block's input, instead of one after the other.</summary>
    public bool IsParallel { get; init; }

    /// <summary>Keys that a query sees back from its own, itself among them; null for all.</summary>
    public int? Window { get; init; }

    /// <summary>The layers that <see cref="Window"/> holds for; null for all.</summary>
    public IReadOnlyList<int>? WindowedLayers { get; init; }

    /// <summary>Attention's scores s become c·tanh(s/c) of this c where <see cref="ModelLoadOptions.CapScores"/> asks for it; null for no cap.</summary>
    public double? AttentionSoftCap { get; init; }

    /// <summary>Logits z become c·tanh(z/c) of this c; null for no cap.</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>What attention's scores are multiplied by; null for 1/√<see cref="HeadSize"/>.</summary>
    public double? AttentionScale { get; init; }

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

    /// <summary>What embeddings are multiplied by.</summary>
    public double EmbeddingScale => Family.ScalesEmbedding ? Math.Sqrt(HiddenSize) : 1;

    /// <summary>Parameters of the model; a tied head counts once.</summary>
    public long Parameters
    {
        get
        {
            long norm = (Family.Norm == NormKind.Layer ? 2L : 1) * HiddenSize, embedding = (long)VocabularySize * HiddenSize;
            var norms = 2 + (Family.AttentionPostNorm is null ? 0 : 1) + (Family.FeedForwardPostNorm is null ? 0 : 1);
            var block = norms * norm + ((Family.QueryNorm is null ? 0 : 1) + (Family.KeyNorm is null ? 0 : 1)) * (long)HeadSize
                + ProjectionShape.Of(this, 0).Sum(p => p.In * p.Out + (p.Bias ? p.Out : 0));
            return Layers * block + norm + (TiedEmbeddings ? 1 : 2) * embedding + (Family.Positions is null ? 0 : (long)MaxPositions * HiddenSize);
        }
    }

    /// <summary>The window of a layer; null where its queries see all keys.</summary>
    public int? WindowOf(int layer) => WindowedLayers?.Contains(layer) == false ? null : Window;

    /// <summary>Reads config.json in a model's folder, or the file itself.</summary>
    /// <exception cref="ModelFormatException">The file is missing or broken, or names something that the kit does not do.</exception>
    public static ModelConfig Load(string path) => ModelConfigReader.Load(path);
}
