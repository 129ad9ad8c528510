using System.Globalization;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning;

/// <summary>A combination of whatever a prediction depends on, by the names of its values.</summary>
internal sealed class PlanCase(int[] values)
{
    private readonly Dictionary<string, string> _values = Dimensions.Index().ToDictionary(d => d.Item.Name, d => d.Item.Values[values[d.Index]]);

    /// <summary>What is combined.</summary>
    public static IReadOnlyList<(string Name, string[] Values)> Dimensions { get; } =
    [
        ("model", [.. TinyCheckpoints.Shapes.Keys]),
        ("checkpoint", ["float32", "bfloat16", "float16", "float32-shards", "bfloat16-shards", "nf4", "random"]),
        ("method", ["full", "lora", "qlora"]),
        ("projections", ["float32", "bfloat16", "float16", "int8", "int8-row", "nf4", "nf4-dq", "fp4:128"]),
        ("embedding", ["float32", "bfloat16", "int8", "nf4"]),
        ("streaming", ["no", "yes"]),
        ("targets", ["all-linear", "q_proj,v_proj", "down_proj", "k_proj,up_proj", "v_proj,lm_head", "layers 1 and 2", "two ranks"]),
        ("dropout", ["0", "0.1"]),
        ("biases", [.. Enum.GetNames<AdapterBias>()]),
        ("checkpointing", ["none", "blocks", "every-2", "attention", "feed-forward", "budget-3MiB"]),
        ("offload", ["None", "File"]),
        ("saved", [.. Enum.GetNames<ActivationType>()]),
        ("attention", [.. Enum.GetNames<AttentionKind>()]),
        ("loss", ["Whole", "Chunked", "Chunked:40000"]),
        ("optimizer", [.. Enum.GetNames<OptimizerKind>(), "Sgd without momentum"]),
        ("fused", ["no", "yes"]),
        ("accumulate", ["1", "2", "3"]),
        ("shape", ["1x96", "2x48", "3x37", "5x16", "1x520"]),
        ("labels", ["all", "last-10"]),
        ("rows", ["whole", "padded", "packed"]),
    ];

    /// <summary>The value of a dimension.</summary>
    public string this[string dimension] => _values[dimension];

    /// <summary>Sequences of a batch.</summary>
    public long Batch => Number("shape", 'x', 0);

    /// <summary>Tokens of a sequence.</summary>
    public long Tokens => Number("shape", 'x', 1);

    /// <summary>The documents of a batch; null where each row is one.</summary>
    public SequenceLayout? Layout => this["rows"] switch
    {
        "padded" => new(Batch, Tokens, Rows.Select(row => new SequenceSpan(row, 0, Tokens - 3 - row))),
        "packed" => new(Batch, Tokens, Rows.SelectMany(row => new[] { new SequenceSpan(row, 0, Tokens / 4), new SequenceSpan(row, Tokens / 4, Tokens / 2 + 1) })),
        _ => null,
    };

    private IEnumerable<long> Rows => Enumerable.Range(0, (int)Batch).Select(row => (long)row);

    /// <summary>Whether the kit does both together: what is trained whole is float32 in memory, and a tied head wears no adapter.</summary>
    private static bool MayMeet((int Dimension, int Value) a, (int Dimension, int Value) b) => a.Dimension == b.Dimension
        ? a.Value == b.Value : !Excludes(Named(a), Named(b)) && !Excludes(Named(b), Named(a));

    /// <summary>So many combinations, in the first 200 or so of which any two values meet that may.</summary>
    public static IReadOnlyList<PlanCase> Take(int count, ulong seed) => [.. Pairwise(seed).Take(count).Select(values => new PlanCase(values))];

    /// <summary>The combinations, without end; long rows are few.</summary>
    public static PairwiseCases Pairwise(ulong seed) => new(Dimensions, MayMeet, place => Named(place) is ("shape", "1x520") or ("accumulate", "3"), seed);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _values.Select(v => $"{v.Key} {v.Value}"));

    /// <summary>The plan of a model in a folder, or of one that is drawn at random.</summary>
    public TrainingPlan Plan(string? folder)
    {
        var config = folder is null ? TinyCheckpoints.Shapes[this["model"]] : ModelConfig.Load(folder);
        return new TrainingPlan(config, Batch, Tokens, this["labels"] == "all" ? Batch * (Tokens - 1) : Batch * 10, this["method"] == "full" ? null : Lora())
        {
            Loading = new()
            {
                Projections = WeightFormat.Parse(this["projections"]),
                Embedding = WeightFormat.Parse(this["embedding"]),
                Head = WeightFormat.Parse(this["embedding"]),
                CapScores = this["model"] == "gemma2-capped",
                Streaming = this["streaming"] == "yes" ? new WeightStreaming() : null,
            },
            Training = Training(),
            Layout = Layout,
            Weights = folder is null ? WeightSource.Random : WeightSource.Of(folder),
        };
    }

    private LoraAdapterConfig Lora() => new()
    {
        Rank = 8,
        Dropout = double.Parse(this["dropout"], CultureInfo.InvariantCulture),
        Bias = Enum.Parse<AdapterBias>(this["biases"]),
        TargetModules = this["targets"].Contains(',', StringComparison.Ordinal) || this["targets"] == "down_proj"
            ? ModuleSelection.Of([.. this["targets"].Split(',').Select(Own).Distinct()]) : ModuleSelection.Matching("all-linear"),
        LayersToTransform = this["targets"] == "layers 1 and 2" ? [1, 2] : null,
        RankPattern = this["targets"] == "two ranks" ? new Dictionary<string, int> { [Own("v_proj")] = 16 } : new(),
    };

    // What the family calls what Llama calls so.
    private string Own(string name)
    {
        var family = TinyCheckpoints.Shapes[this["model"]].Family;
        var path = name switch
        {
            "lm_head" => family.Head,
            "q_proj" => family.QueryKeyValue ?? family.Query,
            "k_proj" => family.QueryKeyValue ?? family.Key,
            "v_proj" => family.QueryKeyValue ?? family.Value,
            "up_proj" => family.GateUp ?? family.Up,
            _ => family.Down,
        };
        return path[(path.LastIndexOf('.') + 1)..];
    }

    private TrainingOptions Training()
    {
        var (fused, loss) = (this["fused"] == "yes", this["loss"].Split(':'));
        return new()
        {
            Steps = 2,
            FusedStep = fused,
            MaxGradientNorm = fused ? double.PositiveInfinity : 1,
            Accumulate = (int)Number("accumulate", ' ', 0),
            Checkpointing = CheckpointPolicy.Parse(this["checkpointing"]),
            Offload = Enum.Parse<ActivationOffload>(this["offload"]),
            SavedActivations = Enum.Parse<ActivationType>(this["saved"]),
            Attention = Enum.Parse<AttentionKind>(this["attention"]),
            Loss = Enum.Parse<LossKind>(loss[0]),
            LossChunkBytes = loss.Length > 1 ? Number("loss", ':', 1) : 12 << 20,
            Optimizer = Enum.Parse<OptimizerKind>(this["optimizer"].Split(' ')[0]),
            Momentum = this["optimizer"].EndsWith("without momentum", StringComparison.Ordinal) ? 0 : 0.9,
            PagedBudgetBytes = 30_000,
            GaLoreRank = 4,
        };
    }

    private static bool Excludes((string Dimension, string Value) a, (string Dimension, string Value) b) => (a, b) switch
    {
        (("method", "full"), ("projections" or "embedding", not "float32")) => true,
        (("method", "full"), ("streaming", "yes") or ("targets", not "all-linear") or ("dropout", not "0") or ("biases", not "None")) => true,
        (("method", "full"), ("checkpoint", "nf4")) => true,
        (("method", "qlora"), ("projections", var format)) => WeightFormat.Parse(format) is not BlockFormat4,
        (("attention", "Sdpa"), ("model", "mistral" or "gemma2" or "gemma2-capped")) => true,
        (("targets", "v_proj,lm_head"), ("model", var model)) => TinyCheckpoints.Shapes[model].TiedEmbeddings,
        _ => false,
    };

    private static (string Dimension, string Value) Named((int Dimension, int Value) place) =>
        (Dimensions[place.Dimension].Name, Dimensions[place.Dimension].Values[place.Value]);

    private long Number(string dimension, char separator, int part) =>
        long.Parse(this[dimension].Split(separator)[part], CultureInfo.InvariantCulture);
}
