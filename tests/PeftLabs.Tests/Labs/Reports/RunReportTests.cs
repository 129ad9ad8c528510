using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Tests.Labs.Reports;

public sealed class RunReportTests : IDisposable
{
    private const string Hostile = "</script><img src=x onerror=alert(1)><b>\"'&amp;";

    private readonly StoredRuns _runs = new();

    public RunReportTests() => Assert.SkipWhen(PlotlyLibrary.TryFind() is null, "plotly.js is not set up");

    public void Dispose() => _runs.Dispose();

    /// <summary>The page without plotly.js, whose text is not ours.</summary>
    private static string Page(RunReport report, params byte[][] pictures) =>
        report.ToHtml(pictures).Replace(File.ReadAllText(PlotlyLibrary.Find()), "/* plotly */");

    private string Whole(params double[] losses) => Page(new([_runs.Add(StoredRuns.Whole(), losses)]));

    private static string Text(string html) => System.Net.WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]*>", " "));

    private static string Section(string html, string id) => Regex.Match(html, $"<section id=\"{id}\".*?</section>", RegexOptions.Singleline).Value;

    private static IEnumerable<JsonObject> Figures(string html) => Regex.Matches(html, "<script type=\"application/json\"[^>]*>(.*?)</script>", RegexOptions.Singleline)
        .Select(match => JsonNode.Parse(match.Groups[1].Value)!.AsObject());

    [Fact]
    public void Page_holds_all_it_needs_and_asks_no_network()
    {
        var html = Whole(3, 2.5);
        Assert.Contains("/* plotly */", html);
        Assert.Contains("default-src 'none'", html);
        Assert.Empty(Regex.Matches(html, "<(link|iframe|object|embed|base|audio|video)\\b|@import|url\\(|fetch\\(|https?:", RegexOptions.IgnoreCase));
        Assert.All(Regex.Matches(html, "\\s(src|href)=\"([^\"]*)\"").Select(match => match.Groups[2].Value),
            target => Assert.Matches("^(#|data:image/png;base64,)", target));
    }

    [Fact]
    public void Text_of_a_record_is_text_wherever_it_stands()
    {
        var record = StoredRuns.Whole(Hostile) with
        {
            Options = new JsonObject { [Hostile] = Hostile },
            ModelPath = Hostile,
            Evaluations = [new(Hostile, Hostile, 1, 2)],
            Samples = [new(Hostile, Hostile, Hostile)],
        };
        var one = _runs.Add(record, 3, 2);
        var two = _runs.Add(record with { Id = "20260301-141530-00000002" }, 3, 2);
        foreach (var html in new[] { Page(new([one])), Page(new([one, two])) })
        {
            Assert.DoesNotContain("<img src=x", html);
            Assert.Equal(Regex.Count(html, "<script[ >]"), Regex.Count(html, "</script>"));
            Assert.All(Figures(html), figure => Assert.NotNull(figure["layout"]));
            Assert.Contains(Hostile, Text(html.Replace("<pre>", " ")));
        }
        // plotly.js understands marks in texts: there a name is escaped as in HTML.
        var legend = Figures(Page(new([one, two]))).First()["data"]!.AsArray().Select(trace => (string)trace!["name"]!);
        Assert.All(legend, name => Assert.StartsWith("&lt;/script&gt;&lt;img", name));
    }

    [Fact]
    public void Every_figure_has_words_for_it_a_table_of_values_and_its_run()
    {
        var html = Whole(3, 2.5);
        Assert.Equal(["loss", "optimization", "stages", "timeline"], Regex.Matches(html, "<figure id=\"figure-([a-z-]+)\"").Select(m => m.Groups[1].Value));
        Assert.All(Figures(html), figure => Assert.Equal("20260301-141530-00000001", (string)figure["layout"]!["meta"]!["runs"]![0]!));
        Assert.Equal(4, Regex.Count(html, "role=\"img\" aria-label=\"[^\"]{30,}\""));
        Assert.Equal(4, Regex.Count(html, "<summary>Values of this figure</summary>"));
        Assert.Contains("1 Forward, predicted 29.7 MiB, measured 30.0 MiB", html);
    }

    [Fact]
    public void Contents_name_every_section_and_ids_are_unique()
    {
        var html = Whole(3, 2.5);
        var ids = Regex.Matches(html, "\\sid=\"([^\"]*)\"").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var sections = Regex.Matches(html, "<section id=\"([^\"]*)\"").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(["glance", "options", "loss", "stages", "prediction", "timeline", "evaluation", "samples", "provenance"], sections);
        Assert.Equal(sections, Regex.Matches(html, "<li><a href=\"#([^\"]*)\"").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Prediction_is_laid_beside_the_measurement_with_the_category_that_is_off()
    {
        var section = Text(Section(Whole(3), "prediction"));
        Assert.Matches(@"0 Load\s+20,971,520\s+20,971,520\s+0\s+0.00 %", section);
        Assert.Matches(@"1 Forward\s+31,150,080\s+31,457,280\s+−300 KiB\s+−0.98 %\s+activations −300 KiB; its largest term: inputs", section);
        Assert.Contains("4·n·h²", section);
        Assert.Contains("predicted to take 0.20 s; it took 0.25 s (−20.00 %)", section);
    }

    [Fact]
    public void Page_tells_hashes_versions_machine_seed_evaluation_and_samples()
    {
        var text = Text(Whole(3, 2.5));
        Assert.Matches(@"held-out loss\s+3.000\s+2.400\s+−0.600\s+−20.00 %\s+nats a token", text);
        foreach (var expected in new[] { new string('a', 64), new string('c', 40), new string('d', 64), "a processor", "OpenBLAS", "seed", " a noise", " a time", "./lab rerun 20260301-141530-00000001" })
            Assert.Contains(expected, text);
        Assert.DoesNotContain("differed from its commit", text);
    }

    [Fact]
    public void What_an_older_record_lacks_is_left_out()
    {
        var html = Page(new([_runs.Add(StoredRuns.Record(), 3, 2.5)]));
        Assert.Equal(["glance", "options", "loss", "stages", "timeline", "provenance"],
            Regex.Matches(html, "<section id=\"([^\"]*)\"").Select(match => match.Groups[1].Value));
        Assert.DoesNotContain("predicted", Text(Section(html, "glance")));
        Assert.DoesNotMatch("<t[dh][^>]*></t[dh]>", html);
        Assert.DoesNotContain("data's SHA-256", html);
    }

    [Fact]
    public void A_run_that_was_broken_off_is_said_to_be_and_still_drawn()
    {
        var html = Page(new([_runs.Add(StoredRuns.Whole() with { Ended = null, Memory = null, Evaluations = null, Samples = null, SecondsPerStep = null }, 3, 2.5, 2)]));
        Assert.Contains("No end. The run was broken off, or was still going on when this was written: 3 steps had ended", Text(html));
        Assert.Contains("30.0 MiB", Text(Section(html, "glance")));
        Assert.Contains("figure-loss", html);
        Assert.Contains("the run has no measurement", Section(html, "stages"));
        Assert.DoesNotContain("lab rerun", html);
    }

    [Fact]
    public void A_run_without_steps_has_no_figure_and_no_plotly()
    {
        var html = Page(new([_runs.Add(StoredRuns.Record() with { Ended = null, Memory = null })]));
        Assert.DoesNotContain("/* plotly */", html);
        Assert.DoesNotContain("<figure", html);
        Assert.Contains("0 steps had ended", Text(html));
    }

    [Fact]
    public void A_dirty_work_tree_and_a_loss_that_is_no_number_are_warned_of()
    {
        var record = StoredRuns.Record();
        var text = Text(Page(new([_runs.Add(record with { Versions = record.Versions with { Modified = true } }, 3, double.NaN)])));
        Assert.Contains("Made with a work tree that differed from its commit", text);
        Assert.Contains("A loss that is no number, first at step 2", text);
    }

    [Fact]
    public void Profile_and_what_was_alive_at_the_peak_are_told_with_the_code_that_made_it()
    {
        var record = StoredRuns.Whole();
        var memory = record.Memory!;
        PeakAllocation[] alive =
        [
            new("Load › block › down_proj", "WeightReader.Projection, WeightReader.cs:26", MemoryCategory.Weights, 2, 20 * StoredRuns.Mib) { FirstIndex = 0, LastIndex = 1, IndexedScope = "block" },
            new("Forward › logits", "Head.forward, Head.cs:7", MemoryCategory.Activations, 1, 10 * StoredRuns.Mib),
        ];
        var profile = new RunProfile
        {
            Seconds = 3,
            Steps = 2,
            Stages = [new(MemoryStage.Load, 1, 0, 0), new(MemoryStage.Forward, 2, 30 * StoredRuns.Mib, 20 * StoredRuns.Mib)],
            Scopes = [new(MemoryStage.Load, "Load", ScopeCost.Other, "", "", 1, 1, 1, 0, 0),
                new(MemoryStage.Forward, "Forward", ScopeCost.Other, "", "", 2, 2, 0.5, 0, 0),
                new(MemoryStage.Forward, "Forward › logits", "logits", "", "Head.forward, Head.cs:7", 2, 1.5, 1.5, 20 * StoredRuns.Mib, 10 * StoredRuns.Mib)],
            Blocks = [],
            Entries = 4,
            SecondsPerEntry = 1e-6,
        };
        var html = Page(new([_runs.Add(record with { Memory = memory with { PeakAllocations = alive }, Profile = profile }, 3)]));
        var peak = Text(Section(html, "allocations"));
        Assert.Matches(@"Load › block 0–1 › down_proj\s+WeightReader.Projection, WeightReader.cs:26\s+weights\s+2\s+10.0 MiB\s+20.0 MiB\s+66.7 %", peak);
        Assert.Matches(@"Forward › logits\s+Head.forward, Head.cs:7\s+activations\s+1\s+10.0 MiB\s+10.0 MiB\s+33.3 %", peak);
        var time = Text(Section(html, "profile"));
        Assert.Matches(@"1 Forward\s+logits\s+1\s+750.0\s+75.0 %\s+10.0 MiB\s+10.0 MiB\s+other\s+1\s+250.0\s+25.0 %", time);
        Assert.Contains("75.0 % of the steps' time is an operator's.", time);
    }

    [Fact]
    public void Options_at_their_defaults_are_folded_away()
    {
        var html = Section(Whole(3), "options");
        Assert.Contains("training.learning_rate", html[..html.IndexOf("<details>", StringComparison.Ordinal)]);
        Assert.Contains("training.schedule", html[html.IndexOf("<details>", StringComparison.Ordinal)..]);
        Assert.Contains("2 options at their defaults", html);
    }

    [Fact]
    public void Readers_without_scripts_get_pictures_where_there_are_and_values_elsewhere()
    {
        var report = new RunReport([_runs.Add(StoredRuns.Whole(), 3, 2.5)]);
        Assert.Equal(4, Regex.Count(Page(report), "<noscript><pre>"));
        var png = PngWriter.Write(1, 1, [0]);
        var html = Page(report, png, png, png, png);
        Assert.Equal(4, Regex.Count(html, "<noscript><img src=\"data:image/png;base64,[^\"]+\" width=\"900\" alt=\"[^\"]+\"></noscript>"));
    }

    [Fact]
    public void Saved_page_is_whole_and_its_runs_are_found_in_it()
    {
        var report = new RunReport([_runs.Add(StoredRuns.Whole(), 3, 2.5)], "A title");
        report.Save(_runs["page.html"]);
        Assert.Equal(["page.html"], Directory.GetFiles(_runs.Path).Select(Path.GetFileName));
        Assert.Contains("<title>A title</title>", File.ReadAllText(_runs["page.html"]));
        var found = FigureFiles.Read(_runs["page.html"]);
        Assert.Equal(["Training loss", "Gradient norm and learning rate", "Peak memory by stage", "Memory over time"], found.Select(figure => figure.Title));
        Assert.All(found, figure => Assert.Equal(["20260301-141530-00000001"], figure.Runs));
    }

    [Fact]
    public void No_runs_and_one_run_twice_are_refused()
    {
        var run = _runs.Add(StoredRuns.Record(), 3);
        Assert.Contains("at least one run", Assert.Throws<ArgumentException>(() => new RunReport([])).Message);
        Assert.Contains("20260301-141530-00000001 is given twice", Assert.Throws<ArgumentException>(() => new RunReport([run, run])).Message);
    }
}
