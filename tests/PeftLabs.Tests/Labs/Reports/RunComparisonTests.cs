using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Plotting;

namespace PeftLabs.Tests.Labs.Reports;

public sealed class RunComparisonTests : IDisposable
{
    private readonly StoredRuns _runs = new();

    public RunComparisonTests() => Assert.SkipWhen(PlotlyLibrary.TryFind() is null, "plotly.js is not set up");

    public void Dispose() => _runs.Dispose();

    private string Section(string id, params RunRecord[] records)
    {
        var html = new RunReport([.. records.Select(record => _runs.Add(record, 3, 2.5))]).ToHtml();
        return Regex.Match(html, $"<section id=\"{id}\".*?</section>", RegexOptions.Singleline).Value;
    }

    private static string Text(string html) => Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]*>", " ")), @"\s+", " ");

    private static RunRecord Other => StoredRuns.Whole("QLoRA r=8", "20260301-141531-00000002") with
    {
        Options = JsonNode.Parse("""{"lora": {"r": 8, "use_dora": false}, "model": {"shape": "smollm2-135m"}, "data": {"kind": "Text"}, "training": {"learning_rate": 0.004, "schedule": "Cosine"}}"""),
        Memory = StoredRuns.Memory(weights: 5 * StoredRuns.Mib, activations: 10 * StoredRuns.Mib),
        Predicted = null,
        SecondsPerStep = 0.5,
        PredictedSecondsPerStep = null,
    };

    [Fact]
    public void Only_what_differs_is_shown_and_the_rest_is_counted_and_folded()
    {
        var section = Section("differences", StoredRuns.Whole(), Other);
        var (shown, folded) = (section[..section.IndexOf("<details>", StringComparison.Ordinal)], section[section.IndexOf("<details>", StringComparison.Ordinal)..]);
        Assert.Contains("options training.learning_rate 0.002 0.004", Text(shown));
        Assert.DoesNotContain("lora.r", shown);
        Assert.DoesNotContain("OpenBLAS", shown);
        Assert.Contains("OpenBLAS", folded);
        Assert.Contains("lora.r 8", Text(folded));
        Assert.Matches("[0-9]+ fields are the same", Text(folded));
    }

    [Fact]
    public void Runs_that_are_alike_differ_in_nothing() =>
        Assert.Contains("Nothing: options, model, data, software and machine are the same.",
            Text(Section("differences", StoredRuns.Whole("a"), StoredRuns.Whole("b", "20260301-141531-00000002"))));

    [Fact]
    public void Runs_that_are_alike_are_said_to_have_ended_with_the_same_bits_or_not()
    {
        var again = StoredRuns.Whole("again", "20260301-141531-00000002");
        Assert.Contains("ended with the same trained parameters, bit for bit", Text(Section("differences", StoredRuns.Whole(), again)));
        Assert.Contains("Yet they ended with different trained parameters", Text(Section("differences", StoredRuns.Whole(), again with { TrainedHash = new string('e', 64) })));
        Assert.DoesNotContain("trained parameters", Text(Section("differences", StoredRuns.Whole(), again with { TrainedHash = null })));
    }

    [Fact]
    public void An_adapter_that_one_run_lacks_shows_its_rank_and_not_its_defaults()
    {
        var full = StoredRuns.Whole("full", "20260301-141531-00000002") with { Options = JsonNode.Parse("""{"lora": null, "model": {"shape": "smollm2-135m"}}""") };
        var section = Section("differences", StoredRuns.Whole(), full);
        var shown = section[..section.IndexOf("<details>", StringComparison.Ordinal)];
        Assert.Contains("lora.r 8 –", Text(shown));
        Assert.DoesNotContain("use_dora", shown);
    }

    [Fact]
    public void Versions_and_machine_that_differ_are_shown()
    {
        var other = StoredRuns.Whole("b", "20260301-141531-00000002");
        other = other with { Versions = other.Versions with { Modified = true }, Machine = other.Machine with { Gpus = ["a GPU"] } };
        var text = Text(Section("differences", StoredRuns.Whole("a"), other));
        Assert.Contains("software work tree as committed differed from the commit", text);
        Assert.Contains("machine GPUs – a GPU", text);
    }

    [Fact]
    public void Peaks_are_compared_in_bytes_and_percent()
    {
        Assert.Contains("QLoRA r=8 15,728,640 15.0 MiB −15.0 MiB −50.00 %", Text(Section("ladder", StoredRuns.Whole(), Other)));
        var stages = Text(Section("stages", StoredRuns.Whole(), Other));
        Assert.Contains("0 Load weights 20,971,520 5,242,880 −15.0 MiB −75.00 % peak 20,971,520 5,242,880 −15.0 MiB −75.00 %", stages);
        Assert.Contains("1 Forward weights 20,971,520 5,242,880 −15.0 MiB −75.00 % activations 10,485,760 10,485,760 0 0.00 %", stages);
    }

    [Fact]
    public void Seconds_are_compared_with_the_first_run()
    {
        var text = Text(Section("time", StoredRuns.Whole(), Other));
        Assert.Contains("LoRA r=8 0.250 0 0.00 % 0.200 −20.00 %", text);
        Assert.Contains("QLoRA r=8 0.500 +0.250 +100.00 %", text);
    }

    [Fact]
    public void Curves_lie_over_one_another_and_runs_of_one_name_are_told_apart()
    {
        RunReport report = new([.. new[] { StoredRuns.Whole(), Other with { Name = "LoRA r=8" } }.Select(record => _runs.Add(record, 3, 2.5))]);
        var loss = report.Figures.Single(figure => figure.Name == "loss").Figure;
        Assert.Equal(["LoRA r=8 (00000001)", "LoRA r=8 (00000002)"], loss.Traces.Select(trace => trace.Name));
        Assert.Equal(["20260301-141530-00000001", "20260301-141531-00000002"], loss.Runs);
        Assert.Equal(["loss", "ladder", "stages", "memory-time", "timeline"], report.Figures.Select(figure => figure.Name));
    }

    [Fact]
    public void A_series_of_runs_is_told_by_what_each_changes_and_called_without_what_all_names_begin_with()
    {
        var records = Enumerable.Range(1, 4).Select(i => StoredRuns.Whole($"ladder: rung {i}", $"20260301-141530-0000000{i}") with
        {
            Options = JsonNode.Parse($$$"""{"training": {"steps": {{{(i < 3 ? 1 : 2)}}}, "fused_step": {{{(i > 1 ? "true" : "false")}}}}}"""),
        });
        RunReport report = new([.. records.Select(record => _runs.Add(record, 3, 2.5))]);
        Assert.Equal("ladder: rung 1 … rung 4", report.Title);
        Assert.Contains("changes rung 1 training.steps 1 training.fused_step false rung 2 training.fused_step true rung 3 training.steps 2 rung 4 The values",
            Text(report.ToHtml()).Replace("\u00a0", "").Replace("  ", " "));
    }

    [Fact]
    public void A_sample_that_was_alike_before_is_shown_once()
    {
        var text = Text(Section("samples", StoredRuns.Whole(), Other with { Samples = [new("Once upon", " a noise", " a mattress")] }));
        Assert.Contains("Before a noise After, LoRA r=8 a time After, QLoRA r=8 a mattress", text);
    }

    [Fact]
    public void A_run_without_an_end_stands_beside_one_with()
    {
        var ladder = Text(Section("ladder", StoredRuns.Whole(), Other with { Ended = null, Memory = null }));
        Assert.Contains("QLoRA r=8 31,457,280 30.0 MiB 0 0.00 %", ladder);
        Assert.Contains("QLoRA r=8: No end.", Text(Section("runs", StoredRuns.Whole(), Other with { Ended = null, Memory = null })));
    }
}
