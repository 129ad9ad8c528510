using PeftLabs.Models;
using PeftLabs.Planning.Advice;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning.Advice;

public class AdviceLadderTests
{
    private static readonly TechniqueSet _everything = new()
    {
        Method = TuningMethod.QLora,
        Rank = 4,
        Embedding = WeightFormat.BFloat16,
        Checkpointing = CheckpointPolicy.Blocks,
        Optimizer = OptimizerKind.AdamW8Bit,
        FusedStep = true,
        SavedActivations = ActivationType.BFloat16,
        Offload = ActivationOffload.File,
        Streaming = true,
        Accumulate = 2,
    };

    [Fact]
    public void Each_rung_adds_one_technique_and_the_last_is_the_whole_set()
    {
        var request = TinyAdvice.Request(1 << 30);
        var ladder = AdviceLadder.To(_everything, request);
        Assert.Equal(11, ladder.Count);
        Assert.Equal(new TechniqueSet(), ladder[0].Set);
        Assert.Equal(_everything, ladder[^1].Set);
        Assert.Equal(ladder.Count, ladder.Select(r => r.Set).Distinct().Count());
        Assert.All(ladder, r => Assert.Equal(TinyAdvice.Peak(r.Set, request), r.PeakBytes));
        Assert.All(ladder, r => Assert.Equal(r.Binding.Peak.Max(t => t.Bytes), r.BindingTerm.Bytes));
    }

    [Fact]
    public void From_plain_it_begins_without_what_costs_nothing()
    {
        var ladder = AdviceLadder.To(_everything, TinyAdvice.Request(1 << 30, batch: 2, tokens: 512), fromPlain: true);
        Assert.Equal(13, ladder.Count);
        Assert.Equal((AttentionKind.Plain, LossKind.Whole), (ladder[0].Set.Attention, ladder[0].Set.Loss));
        Assert.True(ladder[2].PeakBytes < ladder[0].PeakBytes);
    }

    [Fact]
    public void Full_fine_tuning_as_it_is_has_one_rung() => Assert.Single(AdviceLadder.To(new(), TinyAdvice.Request(1 << 30)));
}
