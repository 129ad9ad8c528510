using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Plotting;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Labs.Reports;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Evaluation;

[Collection("Memory")]
public sealed class EvaluationRecordTests : IDisposable
{
    private readonly StoredRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private static IReadOnlyList<RunEvaluation> Figures =>
        [.. EvaluationComparison.Of(Evaluations.Before, Evaluations.After).Select(change => change.ToRunEvaluation())];

    [Fact]
    public void Figures_are_added_and_those_of_the_same_name_replaced()
    {
        var folder = _runs.Add(StoredRuns.Whole(), 3, 2.4).Folder;
        EvaluationRecord.Add(folder, Figures);
        EvaluationRecord.Add(folder, [Figures[0] with { After = 50 }]);
        var stored = RunRecord.Load(folder).Evaluations!;
        Assert.Equal(["held-out loss", "sums: digits", "sums: loss of the expected answer", "general text: perplexity", "sums: exact match"],
            stored.Select(e => e.Name));
        Assert.Equal(Figures[1], stored[1]);
        Assert.Equal(100 / 6.0, stored[4].Before, 1e-9);
        Assert.Equal((50, "%"), (stored[4].After, stored[4].Unit));
        Assert.Equal(["run.json", "steps.jsonl"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Record_without_intervals_is_read_as_before()
    {
        var folder = _runs.Add(StoredRuns.Whole(), 3).Folder;
        var path = Path.Combine(folder, RunRecord.FileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var evaluation = json["evaluations"]![0]!.AsObject();
        foreach (var name in new[] { "before_low", "before_high", "after_low", "after_high", "p_value" })
            Assert.True(evaluation.Remove(name), name);
        File.WriteAllText(path, json.ToJsonString());
        Assert.Equal([new RunEvaluation("held-out loss", "nats a token", 3, 2.4)], RunRecord.Load(folder).Evaluations!);
    }

    [Fact]
    public void Run_without_an_end_is_refused()
    {
        var folder = _runs.Add(StoredRuns.Whole() with { Ended = null }, 3).Folder;
        var before = File.ReadAllText(Path.Combine(folder, RunRecord.FileName));
        Assert.Contains("has no end", Assert.Throws<InvalidOperationException>(() => EvaluationRecord.Add(folder, Figures)).Message);
        Assert.Equal(before, File.ReadAllText(Path.Combine(folder, RunRecord.FileName)));
    }

    [Fact]
    public void Evaluator_of_a_run_is_asked_before_and_after_and_adds_intervals()
    {
        using var runs = new TemporaryFolder();
        var evaluator = new RunEvaluator(
            [new ListTask(new InstructionExample("Lily", " ran"), new InstructionExample("Tim", " sat"))], TextDocuments.General(2));
        var run = FineTuning.Run(new()
        {
            Name = "tiny",
            Model = new() { Folder = Shared.Fixture("models", "stories260K") },
            Data = new() { Kind = DataKind.Text, Tokens = 16, Examples = 4, Batches = new() { Size = 2 } },
            Lora = new() { Rank = 2 },
            Training = new() { Steps = 2, LearningRate = 1e-2, Schedule = LearningRateSchedule.Constant },
        }, new() { Runs = runs.Path, Evaluator = evaluator }, TestContext.Current.CancellationToken);
        var whole = RunRecord.Load(run.Folder).Evaluations!;
        Assert.Equal(["list: exact match", "list: beginning", "list: loss of the expected answer", "general text: perplexity"], whole.Select(e => e.Name));
        Assert.All(whole, e => Assert.True(e.BeforeLow <= e.Before && e.Before <= e.BeforeHigh && e.PValue is > 0 and <= 1, e.Name));
        Assert.NotEqual(whole[3].Before, whole[3].After);
    }

    [Fact]
    public void Report_shows_intervals_and_p_values()
    {
        Assert.SkipWhen(PlotlyLibrary.TryFind() is null, "plotly.js is not set up");
        var folder = _runs.Add(StoredRuns.Whole(), 3, 2.4).Folder;
        EvaluationRecord.Add(folder, Figures);
        var html = new RunReport([StoredRun.Load(folder)]).ToHtml();
        Assert.Contains("3.005 to 56.35", html);
        Assert.Contains("sums: exact match", html);
        var tested = EvaluationComparison.Of(Evaluations.Before, Evaluations.After).Select(change => change.PText).First(text => text.StartsWith("0.", StringComparison.Ordinal));
        Assert.Contains($">{tested}<", html);
    }
}
