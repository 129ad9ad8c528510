using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Rerun;

/// <summary>A tiny model with random weights in a folder, runs on it, and the folder of their records.</summary>
internal sealed class TinySpec : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="large">Large enough that several cores share the work of every kernel.</param>
    public TinySpec(bool large = false)
    {
        using var model = CausalLM.Random(new()
        {
            Family = ModelFamily.Qwen2,
            Layers = 2,
            HiddenSize = large ? 256 : 64,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = large ? 64 : 16,
            IntermediateSize = large ? 640 : 128,
            VocabularySize = large ? 1024 : 160,
            TiedEmbeddings = true,
            QueryKeyValueBias = true,
        }, 1);
        model.Save(Model);
        Directory.CreateDirectory(Runs);
        Spec = new()
        {
            Name = "tiny",
            Model = new() { Folder = Model },
            Data = new()
            {
                Kind = DataKind.RandomTokens,
                Examples = 10,
                Tokens = large ? 128 : 24,
                Batches = new() { Size = 4, Seed = 3 },
            },
            Training = new() { Steps = 3, LearningRate = 5e-3, Schedule = LearningRateSchedule.Constant },
        };
    }

    public string Model => _folder["model"];

    public string Runs => _folder["runs"];

    /// <summary>Full fine-tuning.</summary>
    public RunSpec Spec { get; }

    /// <summary>LoRA with dropout.</summary>
    public RunSpec Lora => Spec with { Lora = new() { Rank = 4, Alpha = 8, Dropout = 0.1, TargetModules = ModuleSelection.Matching("all-linear") } };

    public LabRun Run(RunSpec spec) => FineTuning.Run(spec, new() { Runs = Runs }, TestContext.Current.CancellationToken);

    public void Dispose() => _folder.Dispose();
}
