using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Cli.Bench;
using PeftLabs.Cli.Bench.Plans;
using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Cli.Bench;

public class PlanBenchTests
{
    private static readonly PlanRun s_run = new("smollm2-135m", ["--shape", "smollm2-135m"], PlanRow.Matching("with everything")[0], 1, 32);

    public static TheoryData<string> Rows => [.. PlanRow.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Rows))]
    public void Every_row_is_understood_and_can_be_predicted(string name)
    {
        var predicted = (s_run with { Row = PlanRow.All.Single(r => r.Name == name) }).Predict();

        Assert.Equal(Enum.GetValues<MemoryStage>(), predicted.Select(p => p.Stage));
        Assert.All(predicted, p => Assert.True(p.PeakBytes >= p.EndBytes));
    }

    [Fact]
    public void Rows_predict_what_they_name()
    {
        var everything = s_run.Predict()[1].Peak;

        Assert.Contains(everything, t => t.Name == "embedding (int8)");
        Assert.Contains(everything, t => t.Name == "streamed blocks, two at a time");
        Assert.Contains(everything, t => t.Name == "state of adamw8bit");
    }

    [Fact]
    public void A_name_that_no_row_has_is_refused_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => PlanRow.Matching("magic"));

        Assert.Contains("'magic'", error.Message, StringComparison.Ordinal);
        Assert.Contains("qlora with everything", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_are_read_from_what_a_measured_step_prints()
    {
        var measured = new StepMeasurement("s", "lora", "float32", "float32", 1, 32, false, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, new Dictionary<string, StepMeasurement.StageBytes>
        {
            ["Backward"] = new(7, 12, new Dictionary<string, long> { ["Weights"] = 5, ["Workspace"] = 7 }),
        });

        var stage = Assert.Single(PlanRun.Stages(JsonSerializer.Serialize(measured)));

        Assert.Equal((MemoryStage.Backward, 7, 12), (stage.Stage, stage.EndBytes, stage.PeakBytes));
        Assert.Equal(7, stage.PeakCategories[MemoryCategory.Workspace]);
    }

    [Fact]
    public void A_report_has_the_worst_stage_first_with_the_term_that_is_off()
    {
        var compared = Compared();
        using var output = new StringWriter();

        PlanReport.Print(compared, 0.03, output);

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.StartsWith("| -9.091 % | Backward", lines[2], StringComparison.Ordinal);
        Assert.Contains("Workspace by -10 bytes: logits = 4·n·V", lines[2], StringComparison.Ordinal);
        Assert.Equal("2 stages of 1 runs, at most 9.091 % off; 1 within 3.000 %", lines[^1]);
        Assert.Contains("nothing", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_line_names_category_and_term()
    {
        var line = JsonNode.Parse(PlanReport.JsonLine(s_run, Compared()[1].Stage))!;

        Assert.Equal(("Workspace", "logits", -10L), ((string)line["category"]!, (string)line["term"]!, (long)line["category_bytes_off"]!));
        Assert.Equal("qlora with everything", (string)line["techniques"]!);
        Assert.Null(JsonNode.Parse(PlanReport.JsonLine(s_run, Compared()[0].Stage))!["term"]);
    }

    private static (PlanRun Run, StageComparison Stage)[] Compared()
    {
        MemoryTerm weights = new("weights", "100", MemoryCategory.Weights, 100), logits = new("logits", "4·n·V", MemoryCategory.Workspace, 0);
        static StageMemory Measured(MemoryStage stage, long workspace) => new(stage, 100, 100 + workspace, new Dictionary<MemoryCategory, long>(),
            new Dictionary<MemoryCategory, long> { [MemoryCategory.Weights] = 100, [MemoryCategory.Workspace] = workspace });
        return
        [
            (s_run, new(new(MemoryStage.Load, [weights], [weights]), Measured(MemoryStage.Load, 0))),
            (s_run, new(new(MemoryStage.Backward, [weights], [weights, logits]), Measured(MemoryStage.Backward, 10))),
        ];
    }
}
