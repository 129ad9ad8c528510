using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;

namespace PeftLabs.Cli.Bench;

/// <summary>What <c>lab bench step</c> measures.</summary>
public sealed record StepBenchmarkOptions
{
    /// <summary>The rank with which the peers ran LoRA.</summary>
    public const int PeersRank = 16;

    /// <summary>LoRA as the peers ran it but for the rank: alpha twice that, on all projections of the blocks.</summary>
    public LoraAdapterConfig Lora => new() { Rank = Rank, Alpha = 2 * Rank, TargetModules = ModuleSelection.Matching("all-linear") };

    /// <summary>The adapters' rank.</summary>
    public int Rank { get; init; } = PeersRank;

    /// <summary>A name of <see cref="ModelShapes"/>; null where a model is given.</summary>
    public string? Shape { get; init; }

    /// <summary>A model's folder, or the name of one in the hub's cache; null where a shape is given.</summary>
    public string? Model { get; init; }

    /// <summary>full, lora or qlora.</summary>
    public required string Method { get; init; }

    /// <summary>How the projections are stored; null for float32, and for NF4 with double quantization under qlora.</summary>
    public string? Format { get; init; }

    /// <summary>How embedding and head are stored; null for float32, and for bfloat16 under qlora.</summary>
    public string? Embedding { get; init; }

    /// <summary>Sequences a step.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>Tokens a sequence, at least 2.</summary>
    public int Tokens { get; init; } = 128;

    /// <summary>Steps counted, after one that is not.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>Whether the blocks' weights live in a file and come a block ahead of use.</summary>
    public bool Stream { get; init; }

    /// <summary>The device, for example cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Whether as many steps again are taken without a profile, in turn with the others, to tell what it costs.</summary>
    public bool ComparesProfile { get; init; }

    /// <summary>Whether the profile waits for CUDA at both ends of every scope, so that its seconds are the GPU's.</summary>
    public bool Synchronize { get; init; }

    /// <summary>A step as the peers took it, nothing switched on.</summary>
    public static TrainingOptions DefaultTraining { get; } = new() { Schedule = LearningRateSchedule.Constant };

    /// <summary>How it is trained; the number of steps is <see cref="Steps"/>.</summary>
    public TrainingOptions Training { get; init; } = DefaultTraining;

    /// <summary>Steps taken, the one that is not counted among them.</summary>
    public int StepsTaken => 1 + (ComparesProfile ? 2 : 1) * Steps;

    /// <summary>How the model is loaded.</summary>
    /// <exception cref="FormatException">A format does not exist.</exception>
    public ModelLoadOptions Loading()
    {
        var start = Method == "qlora" ? ModelLoadOptions.QLora : new ModelLoadOptions();
        var embedding = Embedding is null ? start.Embedding : WeightFormat.Parse(Embedding);
        return start with
        {
            Projections = Format is null ? start.Projections : WeightFormat.Parse(Format),
            Embedding = embedding,
            Head = embedding,
            Streaming = Stream ? new WeightStreaming() : null,
        };
    }

    /// <summary>What is to be predicted for a model of this shape; every token is a target.</summary>
    public TrainingPlan Plan(ModelConfig config) =>
        TrainingPlan.OnText(config, Batch, Tokens, Method == "full" ? null : Lora) with
        {
            Loading = Loading(),
            Training = Training,
            Weights = Model is { } model ? WeightSource.Of(LabModel.FolderOf(model)) : WeightSource.Random,
        };

    /// <summary>Throws where the options do not fit together.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        if ((Shape is null) == (Model is null))
            throw new ArgumentException("Give either --shape or --model.");
        if (Batch < 1 || Tokens < 2 || Steps < 1)
            throw new ArgumentException($"--batch is {Batch}, --tokens {Tokens}, --steps {Steps}; they must be at least 1, 2 and 1.");
    }
}
