using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>The data of a lab: the same examples, in the same order, for every run that is compared.</summary>
public sealed class LabData : IDisposable
{
    private readonly ExampleSource _source;
    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly BatchPlan _plan;
    private readonly Lazy<string> _hash;

    private LabData(DataRecipe recipe, ExampleSource source, IReadOnlyList<TokenizedExample> examples, HuggingFaceTokenizer? tokenizer)
    {
        (Recipe, _source, _examples, Tokenizer) = (recipe, source, examples, tokenizer);
        _plan = new(examples, recipe.Batches);
        _hash = new(() => _source.Hash ?? HashOf(_examples));
    }

    /// <summary>What they are made from.</summary>
    public DataRecipe Recipe { get; }

    /// <summary>What made tokens of the texts; null for random tokens.</summary>
    public HuggingFaceTokenizer? Tokenizer { get; }

    /// <summary>Sequences of a batch; a dynamic one has as many as fit.</summary>
    public int Batch => Recipe.Batches.Size;

    /// <summary>The seed of the examples and of their order.</summary>
    public ulong Seed => Recipe.Seed;

    /// <summary>How batches are made.</summary>
    public BatchKind Kind => Recipe.Batches.Kind;

    /// <summary>The examples to train on.</summary>
    public int Examples => _examples.Count;

    /// <summary>SHA-256 of the examples, or of all that they follow from where they are records of a file, in hexadecimal digits.</summary>
    public string Hash => _hash.Value;

    /// <summary>Makes the data of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="vocabulary">Tokens of the model; random ones are drawn from them.</param>
    /// <param name="tokenizer">What makes tokens of texts; random tokens need none.</param>
    /// <exception cref="ArgumentException">Texts are asked for without a tokenizer, or the batches' options do not fit.</exception>
    public static LabData Make(DataRecipe recipe, int vocabulary, HuggingFaceTokenizer? tokenizer = null) => Make(recipe, new DataTools(vocabulary, tokenizer));

    /// <summary>Makes the data of a recipe; a file's records are tokenized first where they have not been yet.</summary>
    /// <exception cref="InvalidDataException">A file holds something else than was recorded.</exception>
    internal static LabData Make(
        DataRecipe recipe, DataTools tools, IProgress<InstructionProgress>? progress = null, CancellationToken cancellation = default)
    {
        recipe = recipe with { File = recipe.File?.Checked(), Validation = recipe.Validation?.Checked() };
        var source = ExampleSource.Open(recipe, tools, progress, cancellation);
        try
        {
            return new(recipe, source, source.Train(recipe.Examples), tools.Tokenizer);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Generated text, cut into pieces of <paramref name="tokens"/> tokens; every token is a target.</summary>
    public static LabData Text(HuggingFaceTokenizer tokenizer, int tokens, int examples, int batch, ulong seed) => Make(
        new() { Kind = DataKind.Text, Tokens = tokens, Examples = examples, Batches = new() { Size = batch, Seed = seed } },
        tokenizer.VocabularySize, tokenizer);

    /// <summary>A task's examples to train on; the loss counts the answers alone, and its validation split is what is held out.</summary>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static LabData Task(HuggingFaceTokenizer tokenizer, string task, int examples, int batch, ulong seed) => Make(
        new() { Kind = DataKind.Task, Task = task, Examples = examples, Batches = new() { Size = batch, Seed = seed } },
        tokenizer.VocabularySize, tokenizer);

    /// <summary>A task's examples as running text, cut into pieces of <paramref name="tokens"/> tokens; every token is a target.</summary>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static LabData TaskText(HuggingFaceTokenizer tokenizer, string task, int tokens, int examples, int batch, ulong seed) => Make(
        new() { Kind = DataKind.TaskText, Task = task, Tokens = tokens, Examples = examples, Batches = new() { Size = batch, Seed = seed } },
        tokenizer.VocabularySize, tokenizer);

    /// <summary>The same examples in batches of another size or kind.</summary>
    /// <exception cref="ArgumentException">The options do not fit together, or an example does not fit them.</exception>
    public LabData Arranged(BatchOptions options) =>
        new(Recipe with { Batches = options with { Seed = Seed } }, _source, _examples, Tokenizer);

    /// <summary>Examples that are not among those to train on, padded: as many, or as there are.</summary>
    /// <exception cref="ArgumentException">A file is trained on of which nothing is held out.</exception>
    public LabData HeldOut(int examples)
    {
        var made = _source.HeldOut(examples);
        if (made.Count == 0)
            throw new ArgumentException($"Nothing is held out of the data: {nameof(DataRecipe.Validation)} names no file, and {nameof(DataRecipe.ValidationShare)} is 0.");
        var batches = new BatchOptions { Size = Batch, Seed = Seed, PadId = Recipe.Batches.PadId, Device = Recipe.Batches.Device };
        return new(Recipe with { Examples = made.Count, Batches = batches }, _source, made, Tokenizer);
    }

    /// <summary>Every example once, in the order in which they were made, padded.</summary>
    public IEnumerable<TrainingBatch> Once() =>
        _examples.Chunk(Batch).Select(examples => Training.Batches.Collate(examples, Recipe.Batches.PadId, Recipe.Batches.Device));

    /// <summary>Beginnings of held-out texts for a model to continue; none for random tokens.</summary>
    public IReadOnlyList<string> Prompts(int count) => [.. _source.Prompts().Take(count)];

    /// <summary>The share of padding in the tokens of the first batches, from 0 up to 1.</summary>
    public double PaddingShare(int batches) => _plan.PaddingShare(0, batches);

    /// <summary>The steps of some passes over the examples, each of so many batches; the last one may begin the next pass.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The passes are not above 0, or so many that their steps cannot be counted.</exception>
    public int StepsOf(double epochs, int accumulate)
    {
        var steps = (_plan.BatchesOf(epochs) - 1) / accumulate + 1;
        return steps <= int.MaxValue ? (int)steps
            : throw new ArgumentOutOfRangeException(nameof(epochs), $"Epochs is {epochs:R}, which is {steps} steps; there may be {int.MaxValue} at most.");
    }

    /// <summary>Tokens of a batch on average, padding among them, over the batches of a run.</summary>
    internal double MeanTokens(TrainingOptions training, CancellationToken cancellation) =>
        Planned(training, cancellation).Average(batch => (double)batch.Tokens);

    /// <summary>The batches of a run, from the first on or from a later one, the first being 0.</summary>
    public IEnumerable<TrainingBatch> Batches(long first = 0) => _plan.From(first);

    /// <summary>What <paramref name="steps"/> steps need at most, with options that are otherwise the method's and the default.</summary>
    public TrainingPlan Plan(ModelConfig config, int steps, LabMethod method) =>
        Plan(config, new TrainingOptions { Steps = steps }, method);

    /// <summary>What a run needs at most: the shape of its largest batch, and as many batches a step as are accumulated.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">The options that all runs share; the method adds what it switches on.</param>
    /// <param name="method">What is trained, and how.</param>
    public TrainingPlan Plan(ModelConfig config, TrainingOptions options, LabMethod method) =>
        Plan(config, method.Training(options), method.Loading, method.Lora);

    internal TrainingPlan Plan(
        ModelConfig config, TrainingOptions training, ModelLoadOptions loading, LoraAdapterConfig? lora, CancellationToken cancellation = default)
    {
        var batches = Planned(training, cancellation);
        var shapes = BatchShape.Largest(batches.Select(b => new BatchShape(b.Rows.Count, b.Width, _plan.TargetsOf(b), _plan.LayoutOf(b))));
        var largest = shapes.MaxBy(s => (s.Batch * s.Tokens, s.Layout?.LongestSpan, s.LabelledTokens))!;
        return new TrainingPlan(config, largest.Batch, largest.Tokens, largest.LabelledTokens, lora)
        {
            Loading = loading,
            Training = training,
            Layout = largest.Layout,
            OtherBatches = [.. shapes.Where(s => s != largest)],
        };
    }

    private IEnumerable<PlannedBatch> Planned(TrainingOptions training, CancellationToken cancellation)
    {
        foreach (var batch in _plan.PlannedFrom().Take((int)Math.Min((long)training.Steps * training.Accumulate, int.MaxValue)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return batch;
        }
    }

    /// <summary>Closes the data's files; data that were arranged otherwise or held out are of the same files.</summary>
    public void Dispose() => _source.Dispose();

    private static string HashOf(IReadOnlyList<TokenizedExample> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([example.PromptTokens, example.Ids.Count, .. example.Ids]));
            hash.AppendData([.. (example.Learned ?? []).Select(learned => learned ? (byte)1 : (byte)0)]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
