using System.CommandLine;
using PeftLabs.Cli.Bench.Plans;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench plan: predictions of real shapes held against measurements, each set of techniques in a process of its own.</summary>
public static class BenchPlanCommand
{
    private static readonly Option<string[]> s_shapes = new("--shape")
    {
        Description = "Shapes with random weights",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["smollm2-135m", "qwen2.5-0.5b"],
    };

    private static readonly Option<string?> s_checkpoint = new("--checkpoint")
    {
        Description = "Writes the weights to a checkpoint of this type first, float32, bfloat16 or float16, and loads that; "
            + "otherwise they are drawn as they are loaded",
    };

    private static readonly Option<int> s_batch = new("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> s_tokens = new("--tokens") { Description = "Tokens a sequence", DefaultValueFactory = _ => 128 };

    private static readonly Option<string> s_only = new("--only")
    {
        Description = "Only sets of techniques with this in their name",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<double> s_within = new("--within") { Description = "Percent that a peak may be off", DefaultValueFactory = _ => 3 };
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON object a stage instead of the table" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("plan", "Holds predicted peaks of real shapes against measured ones; fails where one is too far off")
        {
            s_shapes, s_checkpoint, s_batch, s_tokens, s_only, s_within, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, within) = (parsed.InvocationConfiguration.Output, parsed.GetValue(s_within) / 100);
        var (rows, shapes) = (PlanRow.Matching(parsed.GetValue(s_only)!), parsed.GetValue(s_shapes)!);
        var bench = new PlanBench(rows.Count * shapes.Length, parsed.InvocationConfiguration.Error)
        {
            Compared = parsed.GetValue(s_json) ? (run, stage) => output.WriteLine(PlanReport.JsonLine(run, stage)) : null,
        };
        try
        {
            foreach (var shape in shapes)
            {
                using var checkpoint = parsed.GetValue(s_checkpoint) is { } type ? ScratchCheckpoint.Make(shape, type) : null;
                IReadOnlyList<string> source = checkpoint is null ? ["--shape", shape] : ["--model", checkpoint.Folder];
                foreach (var row in rows)
                    await bench.RunAsync(new(shape, source, row, parsed.GetValue(s_batch), parsed.GetValue(s_tokens)), cancellation);
            }
        }
        finally
        {
            // What was compared is printed even where the rest was given up.
            if (!parsed.GetValue(s_json) && bench.Stages.Count > 0)
                PlanReport.Print(bench.Stages, within, output);
        }
        return bench.Failed > 0 || bench.Stages.Any(c => Math.Abs(c.Stage.Off) > within) ? ExitCode.Failed : ExitCode.Done;
    }
}
