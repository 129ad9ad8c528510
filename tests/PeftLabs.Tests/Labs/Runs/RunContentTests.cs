using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Runs;

/// <summary>What the record of a run holds.</summary>
[Collection("Memory")]
public sealed class RunContentTests : IDisposable
{
    private readonly TemporaryFolder _runs = new();

    public void Dispose() => _runs.Dispose();

    private static RunSpec Spec => new()
    {
        Name = "tiny",
        Model = new() { Folder = Shared.Fixture("models", "stories260K") },
        Data = new() { Kind = DataKind.Text, Tokens = 16, Examples = 8, Batches = new() { Size = 2, Seed = 3 } },
        Lora = new() { Rank = 2 },
        Training = new() { Steps = 3, LearningRate = 1e-2, Schedule = LearningRateSchedule.Constant },
        HeldOut = 4,
        Samples = 2,
    };

    private RunRecord Run(RunSpec spec) =>
        RunRecord.Load(FineTuning.Run(spec, new() { Runs = _runs.Path }, TestContext.Current.CancellationToken).Folder);

    [Fact]
    public void A_record_holds_what_was_predicted_measured_and_learned_and_how_to_run_it_again()
    {
        var record = Run(Spec);
        Assert.Equal(Enum.GetValues<MemoryStage>(), record.Predicted!.Select(p => p.Stage));
        Assert.All(record.Predicted!, p => Assert.True(p.PeakBytes > 0 && p.Peak.All(t => t.Formula.Length > 0)));
        Assert.InRange(record.SecondsPerStep!.Value, 1e-6, 60);
        Assert.Matches("^[0-9a-f]{64}$", record.TrainedHash);
        Assert.Equal(["held-out loss", "held-out perplexity"], record.Evaluations!.Select(e => e.Name));
        Assert.Equal(Math.Exp(record.Evaluations![0].After), record.Evaluations[1].After, 1e-9);
        Assert.NotEqual(record.Evaluations[0].Before, record.Evaluations[0].After);
        Assert.Equal(2, record.Samples!.Count);
        Assert.All(record.Samples, s => Assert.True(s.Prompt.Length > 0 && s.Before.Length > 0 && s.After.Length > 0));
        Assert.Equal(Spec.Portable().ToJson().ToJsonString(), RunSpec.Parse(record.Options, "options").ToJson().ToJsonString());
        Assert.Equal(64, record.DataHash!.Length);
    }

    [Fact]
    public void The_held_out_loss_is_that_of_the_same_texts_as_perplexity()
    {
        var spec = Spec with { Samples = 0 };
        using var model = CausalLM.Load(spec.Model.Folder!);
        var ids = new List<int>();
        foreach (var batch in FineTuning.MakeData(spec).HeldOut(4).Once())
            using (batch)
                ids.AddRange(batch.Ids.data<long>().ToArray().Select(id => (int)id));
        // Each piece by itself, as the pieces do not see each other.
        var expected = Math.Exp(ids.Chunk(16).Average(piece => Math.Log(Perplexity.Of(model, piece))));
        Assert.Equal(expected, Run(spec).Evaluations![1].Before, 1e-4 * expected);
    }

    [Fact]
    public void A_lab_s_run_leaves_the_same_record_as_its_spec()
    {
        var method = new LabMethod("tiny") { Lora = Spec.Lora };
        var data = LabData.Text(HuggingFaceTokenizer.Load(Spec.Model.Folder!), tokens: 16, examples: 8, batch: 2, seed: 3);
        var lab = FineTuning.Run(method, Spec.Model.Folder!, data, Spec.Training, cancellation: TestContext.Current.CancellationToken);
        try
        {
            var (ofLab, ofSpec) = (lab.Record!, Run(Spec with { HeldOut = 8 }));
            Assert.True(JsonNode.DeepEquals(ofLab.Options, ofSpec.Options));
            Assert.Equal((ofLab.TrainedHash, ofLab.DataHash, ofLab.ModelHash), (ofSpec.TrainedHash, ofSpec.DataHash, ofSpec.ModelHash));
            Assert.Equal(ofLab.Evaluations, ofSpec.Evaluations);
            Assert.Equal(ofLab.Samples, ofSpec.Samples);
        }
        finally
        {
            Directory.Delete(lab.Folder, recursive: true);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void What_is_asked_before_and_after_changes_neither_the_measurement_nor_the_numbers(bool stream)
    {
        var spec = Spec with { Loading = stream ? ModelLoadOptions.QLora with { Streaming = new WeightStreaming() } : new() };
        var (with, without) = (Run(spec), Run(spec with { HeldOut = 0, Samples = 0 }));
        Assert.Empty(without.Evaluations!);
        Assert.Equal(without.TrainedHash, with.TrainedHash);
        foreach (var (one, other) in without.Memory!.Stages.Zip(with.Memory!.Stages))
        {
            Assert.Equal((one.Stage, one.EndBytes, one.PeakBytes), (other.Stage, other.EndBytes, other.PeakBytes));
            Assert.Equal(one.PeakCategories, other.PeakCategories);
        }
        Assert.Equal((without.Memory.PeakBytes, without.Memory.LoadedBytes), (with.Memory.PeakBytes, with.Memory.LoadedBytes));
    }

    [Fact]
    public void A_record_without_the_newer_fields_still_loads()
    {
        var record = Run(Spec with { HeldOut = 0, Samples = 0 });
        var path = Path.Combine(_runs.Path, record.Id, RunRecord.FileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var name in new[] { "predicted", "predicted_seconds_per_step", "seconds_per_step", "trained_hash", "evaluations", "samples" })
            Assert.True(json.Remove(name));
        File.WriteAllText(path, json.ToJsonString());
        var old = RunRecord.Load(Path.GetDirectoryName(path)!);
        Assert.Null(old.Predicted);
        Assert.Equal(record.Memory!.PeakBytes, old.Memory!.PeakBytes);
    }

    [Fact]
    public void Lists_take_a_line_an_entry()
    {
        var record = Run(Spec);
        var lines = File.ReadAllLines(Path.Combine(_runs.Path, record.Id, RunRecord.FileName));
        var terms = record.Predicted!.Sum(p => p.End.Count + p.Peak.Count);
        Assert.Equal(terms, lines.Count(l => l.Contains("\"formula\":")));
        var allocations = record.Memory!.PeakAllocations.Count + record.Memory.Stages.Sum(s => s.PeakAllocations.Count);
        var listed = terms + record.Memory.Timeline.Count + allocations
            + record.Profile!.Scopes.Count + record.Profile.Blocks.Count + record.Profile.Stages.Count;
        Assert.InRange(lines.Length, listed, listed + 400);
    }

    [Fact]
    public void Texts_for_a_shape_without_a_tokenizer_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => FineTuning.MakeData(Spec with { Model = ModelSource.Of("smollm2-135m") }));
        Assert.Contains("has none: use RandomTokens", error.Message);
    }
}
