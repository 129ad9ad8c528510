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

    private LabData(IReadOnlyList<TokenizedExample> examples, int batch, ulong seed) => (_examples, Batch, Seed) = (examples, batch, seed);

    /// <summary>Sequences a step.</summary>
    public int Batch { get; }

    /// <summary>The seed of the examples and of their order.</summary>
    public ulong Seed { get; }

    /// <summary>SHA-256 of the examples, in hexadecimal digits.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var example in _examples)
                hash.AppendData(MemoryMarshal.AsBytes<int>([example.PromptTokens, example.Ids.Count, .. example.Ids]));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Generated text-to-SQL pairs; the loss counts the SQL alone.</summary>
    public static LabData TextToSql(HuggingFaceTokenizer tokenizer, int examples, int batch, ulong seed) =>
        new([.. TaskGenerator.Train(seed).Take(examples).Select(e => Tokenize(tokenizer, e))], batch, seed);

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
        return new(Training.Batches.Cut(ids, tokens), batch, seed);
    }

    /// <summary>The batches of a run, from the first on or from a later one, the first being 0.</summary>
    public IEnumerable<TrainingBatch> Batches(long first = 0) => new BatchPlan(_examples, new() { Size = Batch, Seed = Seed }).From(first);

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
