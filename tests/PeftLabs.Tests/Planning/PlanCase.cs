using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Planning;

/// <summary>A combination of everything that a prediction depends on, by the names of its values.</summary>
internal sealed class PlanCase
{
    private readonly int[] _values;

    public PlanCase(int[] values) => _values = values;

    /// <summary>What is combined.</summary>
    public static IReadOnlyList<(string Name, string[] Values)> Dimensions { get; } =
    [
        ("model", [.. TinyCheckpoints.Shapes.Keys]),
        ("checkpoint", ["float32", "bfloat16", "float16", "float32-shards", "bfloat16-shards"]),
        ("method", ["full", "lora", "qlora"]),
        ("projections", ["float32", "bfloat16", "float16", "int8", "int8-row", "nf4", "nf4-dq", "fp4:128"]),
        ("embedding", ["float32", "bfloat16", "int8", "nf4"]),
        ("streaming", ["no", "yes"]),
        ("targets", ["all-linear", "q_proj,v_proj", "down_proj", "k_proj,up_proj"]),
        ("dropout", ["0", "0.1"]),
        ("biases", ["None", "All", "LoraOnly"]),
        ("checkpointing", ["none", "blocks", "every-2", "attention", "feed-forward", "budget-2MiB"]),
        ("offload", ["None", "File"]),
        ("saved", ["Float32", "BFloat16", "Float16"]),
        ("attention", ["Plain", "Sdpa", "Tiled"]),
        ("loss", ["Whole", "Chunked", "Chunked:131072"]),
        ("optimizer", [.. Enum.GetNames<OptimizerKind>()]),
        ("fused", ["no", "yes"]),
        ("accumulate", ["1", "2", "4"]),
        ("shape", ["1x256", "2x128", "4x100", "3x37", "1x600"]),
        ("labels", ["all", "last-10"]),
    ];

    /// <summary>Whether the kit does it: what is trained whole is float32 in memory.</summary>
    public static bool IsValid(int[] values)
    {
        var c = new PlanCase(values);
        if (c["method"] == "full")
            return c["projections"] == "float32" && c["embedding"] == "float32" && c["streaming"] == "no" && c["dropout"] == "0" && c["biases"] == "None" && c["targets"] == "all-linear";
        if (c["method"] == "qlora")
            return c["projections"].Contains("nf4") || c["projections"].Contains("fp4");
        return true;
    }

    public string this[string dimension] => Value(dimension);

    public override string ToString() => string.Join(", ", Dimensions.Select((d, i) => $"{d.Name} {d.Values[_values[i]]}"));

    public long Batch => long.Parse(this["shape"].Split('x')[0]);

    public long Tokens => long.Parse(this["shape"].Split('x')[1]);

    public TrainingPlan Plan()
    {
        var loading = new ModelLoadOptions
        {
            Projections = WeightFormat.Parse(this["projections"]),
            Embedding = WeightFormat.Parse(this["embedding"]),
            Head = WeightFormat.Parse(this["embedding"]),
            Streaming = this["streaming"] == "yes" ? new WeightStreaming() : null,
        };
        var targets = this["targets"];
        var lora = new LoraAdapterConfig
        {
            Rank = 8,
            Dropout = double.Parse(this["dropout"], System.Globalization.CultureInfo.InvariantCulture),
            Bias = Enum.Parse<AdapterBias>(this["biases"]),
            TargetModules = targets == "all-linear" ? ModuleSelection.Matching(targets) : ModuleSelection.Of(targets.Split(',')),
        };
        var fused = this["fused"] == "yes";
        var loss = this["loss"].Split(':');
        var training = new TrainingOptions
        {
            Steps = 2,
            FusedStep = fused,
            MaxGradientNorm = fused ? double.PositiveInfinity : 1,
            Accumulate = int.Parse(this["accumulate"]),
            Checkpointing = CheckpointPolicy.Parse(this["checkpointing"]),
            Offload = Enum.Parse<ActivationOffload>(this["offload"]),
            SavedActivations = Enum.Parse<ActivationType>(this["saved"]),
            Attention = Enum.Parse<AttentionKind>(this["attention"]),
            Loss = Enum.Parse<LossKind>(loss[0]),
            Optimizer = Enum.Parse<OptimizerKind>(this["optimizer"]),
            PagedBudgetBytes = 100_000,
            GaLoreRank = 4,
        };
        if (loss.Length > 1)
            training = training with { LossChunkBytes = long.Parse(loss[1]) };
        var labelled = this["labels"] == "all" ? Batch * (Tokens - 1) : Batch * 10;
        return new TrainingPlan(TinyCheckpoints.Shapes[this["model"]], Batch, Tokens, labelled, this["method"] == "full" ? null : lora)
        {
            Loading = loading,
            Training = training,
        };
    }

    public MemoryReport Measure(string folder)
    {
        var plan = Plan();
        using var meter = MemoryMeter.Start(new() { MeterFinalizer = false, ResetResidentPeak = false });
        var load = meter.Stage(MemoryStage.Load);
        using var model = CausalLM.Load(folder, plan.Loading);
        using var adapter = plan.Lora is null ? null : LoraAdapter.Attach(model, plan.Lora);
        if (adapter is null)
            model.SetTrainable(true);
        load.Dispose();
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), plan.Training, meter);
        trainer.Run(Enumerable.Range(0, 2 * plan.Training.Accumulate).Select(_ => NewBatch()), cancellation: TestContext.Current.CancellationToken);
        return meter.Report();
    }

    private TrainingBatch NewBatch()
    {
        var ids = Enumerable.Range(0, (int)(Batch * Tokens)).Select(i => (long)i * 7 % 600).ToArray();
        var labels = ids.Select((id, i) => this["labels"] == "all" || Tokens - i % Tokens <= 10 ? id : TrainingBatch.Ignored).ToArray();
        return new TrainingBatch(tensor(ids, Batch, Tokens), tensor(labels, Batch, Tokens));
    }

    private string Value(string dimension)
    {
        for (var i = 0; i < Dimensions.Count; i++)
            if (Dimensions[i].Name == dimension)
                return Dimensions[i].Values[_values[i]];
        throw new ArgumentException($"There is no dimension '{dimension}'.");
    }
}
