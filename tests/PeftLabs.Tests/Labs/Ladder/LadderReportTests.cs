using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Plotting;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Labs.Ladder;

public sealed class LadderReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static IReadOnlyList<LadderStage> Stages(long mib) =>
        [.. Enum.GetValues<MemoryStage>().Select(stage => new LadderStage(stage, Enum.GetValues<MemoryCategory>()
            .ToDictionary(c => c, c => stage == MemoryStage.Backward && c == MemoryCategory.Weights ? mib << 20 : c == MemoryCategory.Workspace ? 1L << 20 : 0)))];

    private static LadderReport Report => new()
    {
        Format = 1,
        Model = "tiny",
        Batch = 4,
        Tokens = 128,
        Versions = SoftwareVersions.Current,
        Machine = MachineInfo.Current,
        Rungs =
        [
            new() { Key = "full", Name = "full fine-tuning", Run = "20260301-141530-9f86d081", Predicted = Stages(200), Measured = Stages(199), Loss = 3.5 },
            new() { Key = "lora", Name = "LoRA, rank 16", Run = "20260301-141630-9f86d081", Predicted = Stages(99), Measured = Stages(99), SecondsPerStep = 1.25 },
            new() { Key = "qlora", Name = "QLoRA | NF4", Error = "not enough memory", Predicted = Stages(50) },
        ],
    };

    [Fact]
    public void A_ladder_reads_back_as_it_was_written()
    {
        Report.Save(_folder.Path);
        var read = LadderReport.TryLoad(_folder.Path)!;
        Assert.Equal(Report.ToJson(), read.ToJson());
        Assert.Equal(100L << 20, read.Rungs[1].MeasuredPeak!.PeakBytes);
        Assert.Equal(MemoryStage.Backward, read.Rungs[1].MeasuredPeak!.Stage);
        using var empty = new TemporaryFolder();
        Assert.Null(LadderReport.TryLoad(empty.Path));
    }

    [Fact]
    public void A_damaged_ladder_is_refused_with_its_file()
    {
        Report.Save(_folder.Path);
        var path = _folder[LadderReport.FileName];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 7"));
        Assert.Contains($"{path}: format is 7", Assert.Throws<InvalidDataException>(() => LadderReport.TryLoad(_folder.Path)).Message);
        File.WriteAllText(path, "{");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => LadderReport.TryLoad(_folder.Path)).Message);
    }

    [Fact]
    public void The_table_shows_prediction_measurement_saving_and_failure()
    {
        var rows = LadderTable.Rows(Report);
        Assert.Equal(["full fine-tuning", "201.0", "200.0", "+0.5 %", "", "", "", "3.5000", "20260301-141530-9f86d081"], rows[0]);
        Assert.Equal(["LoRA, rank 16", "100.0", "100.0", "0.0 %", "50 %", "1.25", "", "", "20260301-141630-9f86d081"], rows[1]);
        Assert.Equal(["QLoRA | NF4", "51.0", "failed", "", "", "", "", "", "not enough memory"], rows[2]);
        var lines = LadderTable.Markdown(Report).Split('\n');
        Assert.Contains("| rung | predicted | measured | off | saved | s/step | predicted s | loss | run |", lines);
        Assert.Contains("|---|---:|---:|---:|---:|---:|---:|---:|---:|", lines);
        Assert.Contains(lines, l => l.StartsWith("| QLoRA \\| NF4 | 51.0 | failed |"));
        Assert.Contains(lines, l => l.StartsWith("| LoRA, rank 16 | 99.0 (99.0) | 0.0 (0.0)"));
        Assert.DoesNotContain("predicted s", LadderTable.Text(Report));
    }

    [Fact]
    public void The_figure_shows_both_bars_what_is_saved_and_what_failed()
    {
        var text = Report.Figure().Layout.Annotations.Select(a => a.Text).ToList();
        Assert.Contains("201.0 MiB", text);
        Assert.Contains("<b>200.0 MiB</b>", text);
        Assert.Contains(text, t => t.StartsWith("<b>100.0 MiB</b>") && t.Contains("−50 %"));
        Assert.Contains(text, t => t.StartsWith("51.0 MiB") && t.Contains("failed"));
    }

    [Fact]
    public void The_figure_by_stage_has_a_bar_for_each_stage_and_a_mark_where_the_prediction_stood()
    {
        var figure = Report.StageFigure();
        Assert.Equal(["<b>0 Load</b>", "<b>1 Forward</b>", "<b>2 Backward</b>", "<b>3 OptimizerStep</b>"],
            figure.Layout.Annotations.Select(a => a.Text).Take(4));
        var marks = figure.Traces.Where(t => t.Name == "predicted").ToList();
        Assert.Equal(4, marks.Count);
        Assert.Equal([201.0, 100.0], marks[2].X.Cast<double>());
        Assert.Equal(3, figure.Layout.MoreAxes.Count);
    }

    [Fact]
    public void Resuming_keeps_rungs_of_the_same_spec_whose_record_is_still_there()
    {
        var first = LadderPlan.FullFineTuning(ModelSource.Of("smollm2-135m"),
            new() { Kind = DataKind.RandomTokens, Examples = 4, Tokens = 16, Batches = new() { Size = 2 } }, steps: 2);
        var now = LadderReport.Of(LadderPlan.Rungs(first, ["lora", "qlora"]));
        var before = now with { Rungs = [.. now.Rungs.Select((r, i) => r with { Run = $"run{i}" })] };
        Assert.Equal(["run0", "run1", "run2"], now.Resumed(before, _ => true).Rungs.Select(r => r.Run));
        Assert.Equal([null, "run1", "run2"], now.Resumed(before, run => run != "run0").Rungs.Select(r => r.Run));
        var other = LadderReport.Of(LadderPlan.Rungs(first with { Training = first.Training with { Seed = 1 } }, ["lora"]));
        Assert.All(other.Resumed(before, _ => true).Rungs, r => Assert.Null(r.Run));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Figures_are_kept_as_json_and_pages()
    {
        Report.Save(_folder.Path);
        var missing = Report.SaveFigures(_folder.Path);
        Assert.Equal(FigureRenderer.Missing is null, missing is null);
        foreach (var name in new[] { "ladder", "stages" })
        {
            Assert.Contains("\"data\"", File.ReadAllText(_folder[$"{name}.plotly.json"]));
            Assert.Equal(FigureRenderer.Missing is null, File.Exists(_folder[$"{name}.png"]));
        }
    }
}
