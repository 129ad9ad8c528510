using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using PeftLabs.Cli.Bench.Plans;
using PeftLabs.Planning;

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
        Description = "Writes the weights to a checkpoint of this type first, float32, bfloat16 or float16, and loads that; otherwise they are drawn as they are loaded",
    };

    private static readonly Option<int> s_batch = new("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> s_tokens = new("--tokens") { Description = "Tokens a sequence", DefaultValueFactory = _ => 128 };
    private static readonly Option<string> s_only = new("--only") { Description = "Only sets of techniques with this in their name", DefaultValueFactory = _ => "" };
    private static readonly Option<double> s_within = new("--within") { Description = "Percent that a peak may be off", DefaultValueFactory = _ => 3 };
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON object a stage instead of the table" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("plan", "Holds predicted peaks of real shapes against measured ones; fails where one is further off than allowed")
        {
            s_shapes, s_checkpoint, s_batch, s_tokens, s_only, s_within, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var (rows, shapes, within) = (PlanRow.Matching(parsed.GetValue(s_only)!), parsed.GetValue(s_shapes)!, parsed.GetValue(s_within) / 100);
        List<(PlanRun Run, StageComparison Stage)> compared = [];
        var (failed, start) = (0, Stopwatch.GetTimestamp());
        try
        {
            foreach (var (number, shape) in shapes.Index())
            {
                using var checkpoint = parsed.GetValue(s_checkpoint) is { } type ? ScratchCheckpoint.Make(shape, type) : null;
                IReadOnlyList<string> source = checkpoint is null ? ["--shape", shape] : ["--model", checkpoint.Folder];
                foreach (var (index, row) in rows.Index())
                {
                    var (run, done) = (new PlanRun(shape, source, row, parsed.GetValue(s_batch), parsed.GetValue(s_tokens)), number * rows.Count + index);
                    var place = $"[{done + 1}/{shapes.Length * rows.Count}] {run.Name}";
                    error.WriteLine(done == 0 ? place : $"{place}, about {Minutes(Stopwatch.GetElapsedTime(start) / done * (shapes.Length * rows.Count - done))} left");
                    if (await CompareAsync(run, place, error, cancellation) is { } stages)
                        compared.AddRange(stages.Select(stage => (run, stage)));
                    else
                        failed++;
                    if (parsed.GetValue(s_json))
                        foreach (var (_, stage) in compared.Where(c => c.Run == run))
                            output.WriteLine(PlanReport.JsonLine(run, stage));
                }
            }
        }
        finally
        {
            // What was compared is printed even where the rest was given up.
            if (!parsed.GetValue(s_json) && compared.Count > 0)
                PlanReport.Print(compared, within, output);
        }
        return failed > 0 || compared.Any(c => Math.Abs(c.Stage.Off) > within) ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<IReadOnlyList<StageComparison>?> CompareAsync(PlanRun run, string place, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            return await run.CompareAsync(line => error.WriteLine($"{place}: {line}"), cancellation);
        }
        catch (InvalidOperationException failure)
        {
            error.WriteLine($"{place} failed: {failure.Message}");
            return null;
        }
    }

    private static string Minutes(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMinutes):0} min");
}
