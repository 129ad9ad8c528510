using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training;

/// <summary>The profile of training steps of a small model.</summary>
[Collection("Memory")]
public sealed class StepProfileTests
{
    private static readonly ModelConfig s_config = TestModels.Config with { Layers = 3, TiedEmbeddings = true };
    private static readonly LoraAdapterConfig s_lora = new() { Rank = 4, Alpha = 8, TargetModules = ModuleSelection.Matching("all-linear") };

    public static TheoryData<string, bool> Techniques => new()
    {
        { "plain", true }, { "plain", false }, { "blocks", true }, { "blocks", false }, { "attention", true }, { "feed-forward", false },
        { "fused", true }, { "fused", false }, { "stream", true }, { "16 bits", true }, { "whole loss", true }, { "sdpa", true },
        { "file", true }, { "accumulate", true },
    };

    private static (MemoryReport Memory, RunProfile? Profile, List<float[]> Trained) Train(string technique, bool lora, bool profiled = true)
    {
        using var meter = MemoryMeter.Start(new() { Profile = profiled });
        var loading = lora ? new ModelLoadOptions { Projections = WeightFormat.Parse("nf4-dq") } : new ModelLoadOptions();
        using var model = CausalLM.Random(s_config, 1, loading with { Streaming = technique == "stream" ? new WeightStreaming() : null });
        using var adapter = lora ? LoraAdapter.Attach(model, s_lora, 3) : null;
        if (!lora)
            model.SetTrainable(true);
        List<(string Name, TorchSharp.Modules.Parameter Parameter)> trained = [.. adapter?.NamedParameters ?? model.named_parameters()];
        using var trainer = new Trainer(model, trained, Options(technique), meter);
        trainer.Run(Enumerable.Range(0, 9).Select(Batch), cancellation: TestContext.Current.CancellationToken);
        return (meter.Report(), profiled ? meter.Profile() : null, trained.ConvertAll(p => p.Parameter.data<float>().ToArray()));
    }

    private static TrainingOptions Options(string technique)
    {
        var options = new TrainingOptions { Steps = 3, LearningRate = 0.01 };
        return technique switch
        {
            "blocks" or "attention" or "feed-forward" => options with { Checkpointing = CheckpointPolicy.Parse(technique) },
            "file" => options with { Checkpointing = CheckpointPolicy.Blocks, Offload = ActivationOffload.File },
            "fused" => options with { FusedStep = true, MaxGradientNorm = double.PositiveInfinity, Checkpointing = CheckpointPolicy.Blocks },
            "16 bits" => options with { SavedActivations = ActivationType.BFloat16 },
            "whole loss" => options with { Loss = LossKind.Whole },
            "sdpa" => options with { Attention = AttentionKind.Sdpa },
            "accumulate" => options with { Accumulate = 2 },
            _ => options,
        };
    }

    private static TrainingBatch Batch(int step)
    {
        using var profile = ProfileScope.Operator("batch");
        var bits = new RandomBits((ulong)step, "tokens");
        var ids = Enumerable.Range(0, 2 * 24).Select(i => (long)(bits.Unit(i) * s_config.VocabularySize)).ToArray();
        return new(tensor(ids, 2, 24), tensor(ids, 2, 24));
    }

    [Theory, MemberData(nameof(Techniques))]
    public void Sums_are_exact_every_allocation_at_a_peak_has_its_code_and_no_bit_changes(string technique, bool lora)
    {
        var (memory, profile, trained) = Train(technique, lora);
        var without = Train(technique, lora, profiled: false);
        Assert.Equal(without.Trained, trained);
        Assert.Equal(without.Memory.PeakBytes, memory.PeakBytes);
        Assert.Equal(memory.PeakBytes, memory.PeakAllocations.Sum(a => a.Bytes));
        foreach (var stage in memory.Stages)
        {
            Assert.Equal(stage.PeakBytes, stage.PeakAllocations.Sum(a => a.Bytes));
            foreach (var (category, bytes) in stage.PeakCategories)
                Assert.Equal(bytes, stage.PeakAllocations.Where(a => a.Category == category).Sum(a => a.Bytes));
            var cost = Assert.Single(profile!.Stages, s => s.Stage == stage.Stage);
            Assert.Equal(stage.PeakBytes, cost.PeakBytes);
            Assert.Equal(stage.PeakBytes, cost.EarlierBytes + profile.Scopes.Where(s => s.Stage == stage.Stage).Sum(s => s.PeakBytes));
        }
        var known = memory.PeakAllocations.Where(a => a.Path != PeakAllocation.Smaller).ToList();
        Assert.Equal(known.OrderByDescending(a => a.Bytes).Select(a => a.Bytes), known.Select(a => a.Bytes));
        Assert.All(known, a => Assert.Matches(@"^(libtorch, from )?(new )?\w+(\.\w+)?, \w+(\.\w+)*\.cs:\d+$", a.Code));
        Assert.Equal(3, profile!.Steps);
        Assert.Equal(profile.Seconds, profile.Scopes.Sum(s => s.OwnSeconds), 9);
        Assert.InRange(profile.AttributedShare, 0.5, 1);
    }

    [Fact]
    public void Backward_work_is_attributed_to_block_projection_and_part()
    {
        var (memory, profile, _) = Train("plain", lora: true);
        foreach (var (half, projection) in new[] { ("self-attention", "q_proj"), ("self-attention", "o_proj"), ("feed-forward", "down_proj") })
            foreach (var part in new[] { "A gradient", "B gradient", "input gradient › decode" })
            {
                var cost = Assert.Single(profile!.Scopes, s => s.Path == $"Backward › block › {half} › {projection} › {part}");
                // Nothing is trained before the first block's query, so its input has no gradient.
                var blocks = projection == "q_proj" && part.StartsWith("input", StringComparison.Ordinal) ? 2 : 3;
                Assert.Equal((projection, 3L * blocks), (cost.Operator, cost.Calls));
                Assert.StartsWith(part.EndsWith("decode", StringComparison.Ordinal) ? "TiledWeight." : "ProjectionFunction.", cost.Code, StringComparison.Ordinal);
            }
        Assert.Equal([0, 1, 2], profile!.Blocks.Where(b => b.Stage == MemoryStage.Backward).Select(b => b.Index));
        var weights = Assert.Single(memory.PeakAllocations, a => a.Path == "Load › embedding");
        Assert.Equal((sizeof(float) * 96 * 64L, 1, MemoryCategory.Weights), (weights.Bytes, weights.Count, weights.Category));
    }

    [Fact]
    public void Gradients_of_full_fine_tuning_are_traced_to_their_projections()
    {
        var (memory, _, _) = Train("plain", lora: false);
        var gradients = memory.Find(MemoryStage.OptimizerStep)!.PeakAllocations.Where(a => a.Category == MemoryCategory.Gradients).ToList();
        foreach (var path in new[] { "feed-forward › down_proj", "self-attention › q_proj", "feed-forward › norm" })
        {
            var found = Assert.Single(gradients, a => a.Path.Contains($"› {path} ›", StringComparison.Ordinal));
            Assert.Equal((3, 0, 2), (found.Count, found.FirstIndex, found.LastIndex));
            Assert.Contains("block 0–2", found.Where, StringComparison.Ordinal);
        }
        Assert.Contains(gradients, a => a.Path.Contains("embedding", StringComparison.Ordinal) && a.Bytes == sizeof(float) * 96 * 64);
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("file")]
    public void What_is_computed_again_is_told_apart(string technique)
    {
        var profile = Train(technique, lora: true).Profile!;
        Assert.Contains(profile.Scopes, s => s.Path == "Backward › block › recomputed › feed-forward › gate_proj › weight product"
            && s.Operator == "gate_proj, recomputed" && s.Calls == 9);
        // The last product of a block is left out the second time.
        Assert.DoesNotContain(profile.Scopes, s => s.Path == "Backward › block › recomputed › feed-forward › down_proj › weight product");
        Assert.Contains(profile.Scopes, s => s.Path == "Backward › block › checkpoint store" && s.Calls == 9);
        Assert.Contains(profile.Scopes, s => s.Path == "Backward › block › feed-forward › gate_proj › A gradient" && s.Operator == "gate_proj");
    }

    [Fact]
    public void Streaming_and_the_fused_step_have_scopes_of_their_own()
    {
        Assert.Contains(Train("stream", lora: true).Profile!.Scopes, s => s.Operator == "streaming read" && s.Stage == MemoryStage.Forward);
        var fused = Train("fused", lora: true).Profile!;
        Assert.Equal(3 * 3 * 14, Assert.Single(fused.Scopes, s => s.Path == "Backward › block › optimizer rule").Calls);
    }

    [Fact]
    public void Every_allocation_at_a_peak_can_be_listed_for_itself()
    {
        using var meter = MemoryMeter.Start();
        using var first = zeros(100);
        List<Tensor> rest;
        using (ProfileScope.Operator("rest"))
            rest = [.. Enumerable.Range(0, 3).Select(_ => zeros(50))];
        var single = meter.PeakAllocations();
        Assert.Equal([400L, 200, 200, 200], single.Select(a => a.Bytes).Where(bytes => bytes >= 200));
        Assert.Equal((3, 600L, 200L), Assert.Single(meter.Report().PeakAllocations, a => a.Path == "Load › rest") is var folded ? (folded.Count, folded.Bytes, folded.BytesEach) : default);
        rest.ForEach(t => t.Dispose());
        Assert.Equal(meter.PeakBytes, meter.PeakAllocations(MemoryStage.Load).Sum(a => a.Bytes));
    }

    [Fact]
    public void Paused_meter_and_paused_profile_leave_time_and_code_out()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        using var meter = MemoryMeter.Start();
        foreach (var pause in new[] { meter.Pause, meter.PauseProfile })
            using (ProfileScope.Operator("outer"))
            {
                using (pause())
                using (ProfileScope.Operator("unseen"))
                {
                    Thread.Sleep(10);
                    using (meter.Stage(MemoryStage.Backward))
                        Thread.Sleep(10);
                    meter.EndStep();
                    meter.Enter(MemoryStage.Load);
                }
                using (ProfileScope.Part("seen"))
                {
                }
            }
        var profile = meter.Profile();
        Assert.DoesNotContain(profile.Scopes, s => s.Path.Contains("unseen", StringComparison.Ordinal));
        Assert.Equal(2, Assert.Single(profile.Scopes, s => s.Path == "Load › outer › seen").Calls);
        Assert.InRange(profile.Seconds, 0, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds - 2 * 0.02);
        Assert.Equal((0, [MemoryStage.Load]), (profile.Steps, profile.Stages.Select(s => s.Stage)), (a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2));
        Assert.Throws<InvalidOperationException>(() => Profiler.Start());
    }

    [Fact]
    public void Profiler_without_a_meter_knows_the_stages_of_a_trainer()
    {
        using var profiler = Profiler.Start();
        using var model = CausalLM.Random(s_config, 1);
        using var adapter = LoraAdapter.Attach(model, s_lora, 3);
        using var trainer = new Trainer(model, adapter.NamedParameters, Options("plain"));
        trainer.Run(Enumerable.Range(0, 9).Select(Batch), cancellation: TestContext.Current.CancellationToken);
        var profile = profiler.Report();
        Assert.Equal(3, profile.Steps);
        Assert.Equal([MemoryStage.Load, MemoryStage.Forward, MemoryStage.Backward, MemoryStage.OptimizerStep, null], profile.Stages.Select(s => s.Stage));
        Assert.Contains(profile.Scopes, s => s.Path == "OptimizerStep › block › optimizer rule");
        Assert.All(profile.Scopes, s => Assert.Equal(0, s.AllocatedBytes + s.PeakBytes));
    }
}
