using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Training;
using TorchSharp;

namespace PeftLabs.Tests.Training.Resume;

/// <summary>A training run of a tiny random model with checkpoints in a folder, from its objects to its last bits.</summary>
internal sealed class TinyRun : IDisposable
{
    public static readonly TrainingOptions Options = new()
    {
        Steps = 6,
        LearningRate = 0.02,
        WarmupSteps = 2,
        WeightDecay = 0.01,
        CheckpointEvery = 1,
        Seed = 5,
    };

    private static readonly ModelConfig s_config = new()
    {
        Family = ModelFamily.Qwen2,
        Layers = 2,
        HiddenSize = 32,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        IntermediateSize = 64,
        VocabularySize = 160, // large enough that 8-bit optimizers keep the embedding in 8 bits
        TiedEmbeddings = true,
        QueryKeyValueBias = true,
    };

    public TinyRun(
        string folder, TrainingOptions? options = null, LoraAdapterConfig? lora = null, bool full = false, ModelConfig? config = null)
    {
        Model = CausalLM.Random(config ?? s_config, 1);
        Adapter = full ? null : LoraAdapter.Attach(Model, lora ?? Lora, 3);
        if (full)
            Model.SetTrainable(true);
        Trainer = new Trainer(Model, Adapter?.NamedParameters ?? Model.named_parameters(), options ?? Options);
        Checkpoints = new TrainingCheckpoints(folder, Adapter) { Warn = Warnings.Add, Begin = moment => Begin(moment), WriteFailed = null };
        Trainer.Checkpoints = Checkpoints;
    }

    public static LoraAdapterConfig Lora { get; } = new() { Rank = 2, Dropout = 0.2, Bias = AdapterBias.All };

    public static ModelConfig OtherModel { get; } = s_config with { IntermediateSize = 72 };

    public CausalLM Model { get; }

    public LoraAdapter? Adapter { get; }

    public Trainer Trainer { get; }

    public TrainingCheckpoints Checkpoints { get; }

    public List<string> Warnings { get; } = [];

    /// <summary>Called before each part of a checkpoint is written.</summary>
    public Action<string> Begin { get; set; } = _ => { };

    /// <summary>Resumes where there is something to resume from, and trains to the end, or until the callback throws.</summary>
    public TinyRun Go(Action<StepRecord>? progress = null)
    {
        Checkpoints.Resume(Trainer);
        return Continue(progress);
    }

    public TinyRun Continue(Action<StepRecord>? progress = null)
    {
        Trainer.Run(Batches().From(Trainer.BatchesSeen), progress);
        return this;
    }

    /// <summary>The bytes of what was trained and of the optimizer, in the last checkpoint of a folder.</summary>
    public static string Bits(string folder)
    {
        var last = Directory.GetDirectories(folder, "step-*").Order().Last();
        var names = Directory.GetFiles(last, "*.safetensors").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, names.Count); // trained, optimizer, random
        return string.Join(' ', names.Select(n => PeftLabs.Labs.ContentHash.Of(n)).Prepend(Path.GetFileName(last)));
    }

    public void Dispose()
    {
        Checkpoints.Dispose();
        Trainer.Dispose();
        Adapter?.Dispose();
        Model.Dispose();
    }

    private static BatchPlan Batches()
    {
        var texts = Enumerable.Range(0, 7).Select(i => Enumerable.Range(i, 8 + i).Select(t => t * 5 % 160).ToList());
        return new([.. texts.Select((ids, i) => new TokenizedExample(ids, i % 3))], new() { Size = 2, Seed = 4 });
    }
}
