using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>The data of a lab: the same examples, in the same order, for every run that is compared.</summary>
public sealed class LabData
{
    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly BatchPlan _plan;
    private readonly BatchOptions _options;

    private LabData(IReadOnlyList<TokenizedExample> examples, BatchOptions options)
    {
        (_examples, _options) = (examples, options);
        _plan = new(examples, options);
    }

    /// <summary>Sequences of a batch; a dynamic one has as many as fit.</summary>
    public int Batch => _options.Size;

    /// <summary>The seed of the examples and of their order.</summary>
    public ulong Seed => _options.Seed;

    /// <summary>How batches are made.</summary>
    public BatchKind Kind => _options.Kind;

    /// <summary>SHA-256 of the examples, in hexadecimal digits.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var example in _examples)
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>([example.PromptTokens, example.Ids.Count, .. example.Ids]));
                hash.AppendData([.. (example.Learned ?? []).Select(learned => learned ? (byte)1 : (byte)0)]);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Generated text-to-SQL pairs; the loss counts the SQL alone.</summary>
    public static LabData TextToSql(HuggingFaceTokenizer tokenizer, int examples, int batch, ulong seed) =>
        new([.. TaskGenerator.Train(seed).Take(examples).Select(e => Tokenize(tokenizer, e))], new() { Size = batch, Seed = seed });

    /// <summary>Generated text, cut into pieces of <paramref name="tokens"/> tokens; every token is a target.</summary>
    public static LabData Text(HuggingFaceTokenizer tokenizer, int tokens, int examples, int batch, ulong seed)
    {
        List<int> ids = [];
        foreach (var document in TextGenerator.Documents(seed))
        {
            ids.AddRange(tokenizer.EncodeToIds(document, false));
            if (ids.Count >= tokens * examples)
                break;
        }
        return new(Training.Batches.Cut(ids, tokens), new() { Size = batch, Seed = seed });
    }

    /// <summary>The same examples in batches of another size or kind.</summary>
    /// <exception cref="ArgumentException">The options do not fit together, or an example does not fit them.</exception>
    public LabData Arranged(BatchOptions options) => new(_examples, options with { Seed = Seed });

    /// <summary>The share of padding in the tokens of the first batches, from 0 up to 1.</summary>
    public double PaddingShare(int batches) => _plan.PaddingShare(0, batches);

    /// <summary>The batches of a run, from the first on or from a later one, the first being 0.</summary>
    public IEnumerable<TrainingBatch> Batches(long first = 0) => _plan.From(first);

    /// <summary>What <paramref name="steps"/> steps need at most, with options that are otherwise the method's and the default.</summary>
    public TrainingPlan Plan(ModelConfig config, int steps, LabMethod method) =>
        Plan(config, new TrainingOptions { Steps = steps }, method);

    /// <summary>What a run needs at most: the shape of its largest batch, and as many batches a step as are accumulated.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">The options that all runs share; the method adds what it switches on.</param>
    /// <param name="method">What is trained, and how.</param>
    public TrainingPlan Plan(ModelConfig config, TrainingOptions options, LabMethod method)
    {
        var training = method.Training(options);
        var plans = Batches().Take(training.Steps * training.Accumulate).Select(batch =>
        {
            using (batch)
                return new TrainingPlan(config, batch.Ids.shape[0], batch.Ids.shape[1], CausalLoss.CountTargets(batch), method.Lora)
                {
                    Loading = method.Loading,
                    Training = training,
                };
        });
        return plans.MaxBy(p => (p.Batch * p.Tokens, p.LabelledTokens))!;
    }

    private static TokenizedExample Tokenize(HuggingFaceTokenizer tokenizer, InstructionExample example)
    {
        var prompt = tokenizer.EncodeToIds(example.Prompt, false);
        return new([.. prompt, .. tokenizer.EncodeToIds(example.Completion, false), tokenizer.EosId ?? 0], prompt.Count);
    }
}
