using PeftLabs.Cli.Ladder;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Rerun;

/// <summary>The same spec gives the same bits, whatever the method: losses, norms, trained parameters, and bytes.</summary>
[Collection("Memory")]
public class ReproducibilityTests
{
    private static readonly Dictionary<string, Func<TinySpec, RunSpec>> s_methods = new()
    {
        ["full"] = t => t.Spec,
        ["full, fused step"] = t => With(t.Spec, o => o with { FusedStep = true, MaxGradientNorm = double.PositiveInfinity }),
        ["lora"] = t => t.Lora,
        ["qlora"] = t => t.Lora with { Loading = ModelLoadOptions.QLora },
        ["qlora, streamed"] = t => t.Lora with { Loading = ModelLoadOptions.QLora with { Streaming = new WeightStreaming() } },
        ["checkpointing"] = t => With(t.Lora, o => o with { Checkpointing = CheckpointPolicy.Blocks }),
        ["offload"] = t => With(t.Lora, o => o with { Checkpointing = CheckpointPolicy.Blocks, Offload = ActivationOffload.File }),
        ["bfloat16 activations"] = t => With(t.Lora, o => o with { SavedActivations = ActivationType.BFloat16 }),
        ["plain attention, whole loss"] = t => With(t.Spec, o => o with { Attention = AttentionKind.Plain, Loss = LossKind.Whole }),
        ["sdpa"] = t => With(t.Spec, o => o with { Attention = AttentionKind.Sdpa }),
        ["accumulation"] = t => With(t.Lora, o => o with { Accumulate = 2 }),
        ["packing"] = t => t.Lora with { Data = t.Lora.Data with { Batches = new() { Kind = BatchKind.Packed, Size = 2, Tokens = 3 * t.Spec.Data.Tokens } } },
    };

    static ReproducibilityTests()
    {
        foreach (var optimizer in Enum.GetValues<OptimizerKind>())
            s_methods.Add($"{optimizer}", t => With(t.Spec, o => o with { Optimizer = optimizer, GaLoreRank = 4, GaLoreInterval = 2 }));
    }

    public static TheoryData<string> Methods => [.. s_methods.Keys];

    [Theory]
    [InlineData("full"), InlineData("qlora, streamed"), InlineData("offload"), InlineData("packing"), InlineData("AdamW8Bit")]
    public void The_same_spec_gives_the_same_bits(string method)
    {
        using var tiny = new TinySpec();
        RequireSame(tiny, s_methods[method](tiny));
    }

    [Theory, MemberData(nameof(Methods)), Trait("Speed", "Slow")]
    public void The_same_spec_gives_the_same_bits_where_cores_share_the_work(string method)
    {
        using var tiny = new TinySpec(large: true);
        RequireSame(tiny, s_methods[method](tiny));
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Another_process_gives_the_same_bits()
    {
        using var tiny = new TinySpec();
        var spec = tiny.Lora with { Loading = ModelLoadOptions.QLora };
        var folder = await RungProcess.RunAsync(spec, _ => { }, TestContext.Current.CancellationToken);
        try
        {
            RequireSame(tiny.Run(spec).Folder, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Another_seed_gives_other_bits()
    {
        using var tiny = new TinySpec();
        var comparison = RunComparison.Of(tiny.Run(tiny.Lora).Folder, tiny.Run(With(tiny.Lora, o => o with { Seed = 43 })).Folder, []);
        Assert.False(comparison.Matched);
        Assert.Equal("gradient norm of step 1", comparison.FirstDifference!.What); // with B still zero, no loss says how A began
        Assert.NotNull(comparison.TrainedHash);
    }

    private static void RequireSame(TinySpec tiny, RunSpec spec) => RequireSame(tiny.Run(spec).Folder, tiny.Run(spec).Folder);

    private static void RequireSame(string before, string again)
    {
        var comparison = RunComparison.Of(before, again, []);
        Assert.Equal(3, comparison.Steps);
        Assert.True(comparison.Matched, $"{comparison.FirstDifference}; {comparison.TrainedHash}; {comparison.PeakBytes}");
        Assert.Equal(64, RunRecord.Load(before).TrainedHash!.Length);
    }

    private static RunSpec With(RunSpec spec, Func<TrainingOptions, TrainingOptions> change) => spec with { Training = change(spec.Training) };
}
