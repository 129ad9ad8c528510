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

    /// <summary>Tokens to train on, each once; at least those of a step.</summary>
    public long Tokens
    {
        get => _tokens;
        init => _tokens = value >= 1 ? value : throw Wrong(nameof(Tokens), value, 1);
    }

    /// <summary>Tokens of a sequence, at least 2. Documents follow each other, the end of text between them.</summary>
    public int Length
    {
        get => _length;
        init => _length = value >= 2 ? value : throw Wrong(nameof(Length), value, 2);
    }

    /// <summary>Sequences of a step, at least 1.</summary>
    public int Batch
    {
        get => _batch;
        init => _batch = value >= 1 ? value : throw Wrong(nameof(Batch), value, 1);
    }

    /// <summary>The learning rate after warm-up, from where it falls to zero along a cosine.</summary>
    public double LearningRate { get; init; } = 2e-3;

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
        MaxPositions = 1024,
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

    private static ArgumentOutOfRangeException Wrong(string option, long value, long least) =>
        new(option, value, $"{option} is {value}; it must be {least} or above.");
}
