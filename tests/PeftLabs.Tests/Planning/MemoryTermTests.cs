using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Training;

namespace PeftLabs.Tests.Planning;

public class MemoryTermTests
{
    private static readonly LoraAdapterConfig s_lora = new() { Rank = 16, TargetModules = ModuleSelection.Matching("all-linear") };

    private static IEnumerable<TrainingPlan> Plans() => PlanCase.Take(120, 2).Select(c => c.Plan(null));

    private static IEnumerable<MemoryTerm> Terms(TrainingPlan plan) => plan.Predict().SelectMany(stage => stage.End.Concat(stage.Peak));

    [Fact]
    public void Bytes_of_every_term_follow_from_its_formula_and_its_factors()
    {
        var terms = Plans().SelectMany(Terms).ToList();

        Assert.NotEmpty(terms);
        Assert.All(terms, term => Assert.True(term.Bytes == FormulaValue.Of(term), $"{term.Name}: {term.Formula} with {term.Values} is not {term.Bytes}"));
    }

    [Fact]
    public void A_stage_is_the_sum_of_its_terms_in_every_category()
    {
        foreach (var stage in Plans().SelectMany(plan => plan.Predict()))
        {
            Assert.Equal(stage.PeakBytes, stage.Peak.Sum(t => t.Bytes));
            Assert.Equal(stage.EndBytes, stage.EndCategories.Values.Sum());
            Assert.All(stage.Peak, term => Assert.True(term.Bytes > 0, $"{stage.Stage}, {term.Name}: {term.Bytes} bytes"));
        }
    }

    [Fact]
    public void Every_term_says_where_it_comes_from() => Assert.All(Plans().SelectMany(Terms), term => Assert.NotEmpty(term.Source));

    [Fact]
    public void Logits_of_a_whole_loss_are_labelled_tokens_times_vocabulary()
    {
        var plan = TrainingPlan.OnText(ModelShapes.Find("smollm2-135m"), 4, 128, s_lora) with { Training = new() { Loss = LossKind.Whole } };

        var logits = plan.Predict().Single(s => s.Stage == MemoryStage.Forward).Peak.Single(t => t.Name == "logits");

        Assert.Equal("4·n·V", logits.Formula);
        Assert.Equal([("n", 508L), ("V", 49152L)], logits.Factors.Select(f => (f.Symbol, f.Value)));
        Assert.Equal(4L * 508 * 49152, logits.Bytes);
    }

    [Fact]
    public void A_prediction_comes_back_from_json_as_it_was()
    {
        var predicted = TrainingPlan.OnText(ModelShapes.Find("smollm2-135m"), 4, 128, s_lora).Predict();

        var json = JsonSerializer.Serialize(predicted);
        var read = JsonSerializer.Deserialize<List<StagePrediction>>(json)!;

        Assert.Equal(json, JsonSerializer.Serialize(read));
        Assert.Equal(predicted.Select(p => (p.Stage, p.EndBytes, p.PeakBytes)), read.Select(p => (p.Stage, p.EndBytes, p.PeakBytes)));
        Assert.Equal(predicted[1].Peak[0].Factors, read[1].Peak[0].Factors);
        Assert.DoesNotContain("EndBytes", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_terms_has_the_largest_first()
    {
        var peak = TrainingPlan.OnText(ModelShapes.Find("smollm2-135m"), 4, 128).Predict()[^1].Peak;

        var rows = peak.ToRows();

        Assert.Equal(peak.Sum(t => t.Bytes), rows.Sum(r => r.Bytes));
        Assert.Equal(rows.OrderByDescending(r => r.Bytes), rows);
        Assert.Contains(rows, r => r.What == "AdamW's two moments" && r.Source.Contains("1711.05101", StringComparison.Ordinal));
    }

    [Fact]
    public void Inputs_that_wait_in_a_host_are_not_kept_on_the_device()
    {
        var plan = TrainingPlan.OnText(ModelShapes.Find("smollm2-135m"), 4, 128, s_lora) with
        {
            Training = new() { Checkpointing = CheckpointPolicy.Blocks, Offload = ActivationOffload.Host },
        };

        var stages = plan.Predict();

        Assert.DoesNotContain(stages[1].End, t => t.Name == "inputs of recomputed parts");
        Assert.Equal("2 × 4·N·h", stages[2].Peak.Single(t => t.Name == "inputs of recomputed parts").Formula);
    }
}
