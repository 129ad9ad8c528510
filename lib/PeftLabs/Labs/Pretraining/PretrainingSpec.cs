using System.Globalization;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// How a small model is trained from nothing on generated text: the same spec gives the same bits on the same machine. The default is the
/// recipe of the model under data/models.
/// </summary>
public sealed record PretrainingSpec
{
    private readonly int _vocabulary = 2048, _tokenizerDocuments = 8000, _length = 512, _batch = 8;
    private readonly long _tokens = 10_000_000;
    private readonly double _learningRate = 2e-3;

    private const long MostTokens = 1_000_000_000;
    private const int Positions = 1024;

    /// <summary>Tokens of the vocabulary, the 256 bytes and the end of text among them; at least 257.</summary>
    public int Vocabulary
    {
        get => _vocabulary;
        init => _vocabulary = value >= 257 ? value : throw Wrong(nameof(Vocabulary), value, 257);
    }

    /// <summary>Documents from which the tokenizer learns, at least 1.</summary>
    public int TokenizerDocuments
    {
        get => _tokenizerDocuments;
        init => _tokenizerDocuments = value >= 1 ? value : throw Wrong(nameof(TokenizerDocuments), value, 1);
    }

    /// <summary>Tokens to train on, each once: 1 to 1,000,000,000, for they are kept in memory; there is one step at least.</summary>
    public long Tokens
    {
        get => _tokens;
        init => _tokens = value is >= 1 and <= MostTokens ? value : throw Wrong(nameof(Tokens), value, 1, MostTokens);
    }

    /// <summary>Tokens of a sequence, 2 to 1,024, the model's positions. Documents follow each other, the end of text between them.</summary>
    public int Length
    {
        get => _length;
        init => _length = value is >= 2 and <= Positions ? value : throw Wrong(nameof(Length), value, 2, Positions);
    }

    /// <summary>Sequences of a step, at least 1.</summary>
    public int Batch
    {
        get => _batch;
        init => _batch = value >= 1 ? value : throw Wrong(nameof(Batch), value, 1);
    }

    /// <summary>The learning rate after warm-up, from where it falls to zero along a cosine; above 0.</summary>
    public double LearningRate
    {
        get => _learningRate;
        init => _learningRate = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(LearningRate), value,
            string.Create(CultureInfo.InvariantCulture, $"{nameof(LearningRate)} is {value}; it must be a number above 0."));
    }

    /// <summary>The seed of the text, of the first weights and of the order.</summary>
    public ulong Seed { get; init; } = 20;

    /// <summary>Optimizer steps.</summary>
    public int Steps => checked((int)Math.Max(1, Tokens / ((long)Length * Batch)));

    /// <summary>The model's shape: 5.2 million parameters with 2,048 tokens.</summary>
    public ModelConfig Config() => new()
    {
        Family = ModelFamily.Llama,
        Layers = 6,
        HiddenSize = 256,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 64,
        IntermediateSize = 768,
        VocabularySize = Vocabulary,
        TiedEmbeddings = true,
        MaxPositions = Positions,
        BeginToken = 0,
        EndTokens = [0],
    };

    /// <summary>The options of training; checkpoints change no bit.</summary>
    public TrainingOptions Training() => new()
    {
        Steps = Steps,
        LearningRate = LearningRate,
        WarmupSteps = Math.Min(100, Steps / 10),
        WeightDecay = 0.1,
        Beta2 = 0.95,
        Seed = Seed,
        CheckpointEvery = Math.Clamp(Steps / 10, 1, 100),
    };

    private static ArgumentOutOfRangeException Wrong(string option, long value, long least, long? most = null) =>
        new(option, value, $"{option} is {value}; it must be {(most is null ? $"{least} or above" : $"from {least} to {most}")}.");
}
