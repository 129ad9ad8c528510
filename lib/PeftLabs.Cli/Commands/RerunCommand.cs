using System.CommandLine;
using System.Text.Json;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Memory;
using PeftLabs.Training;

namespace PeftLabs.Cli.Commands;

/// <summary>lab rerun: runs a recorded run again from its record, and says whether it came out the same, bit for bit.</summary>
public static class RerunCommand
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run's folder, its id or the beginning of it, or latest" };
        var runs = new Option<DirectoryInfo>("--runs") { Description = "The folder of all runs", DefaultValueFactory = _ => new(LabPaths.Runs) };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("rerun", "Runs a recorded run again, and says whether it matched: exit code 0 where it did, 1 where not")
        {
            run, runs, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetRequiredValue(run), parsed.GetRequiredValue(runs).FullName, parsed.GetValue(json), parsed.InvocationConfiguration, cancellation)));
        return command;
    }

    private static int Run(string run, string runs, bool json, InvocationConfiguration io, CancellationToken cancellation)
    {
        var replay = RunReplay.Open(new RunCatalog(runs).FolderOf(run));
        io.Error.WriteLine($"{replay.Record.Id}, {replay.Record.Name}: {replay.Record.Steps} steps, model and options as recorded.");
        io.Error.WriteLine(replay.Surroundings.Count == 0
            ? "Data, versions and machine are the same."
            : $"Differs from the run: {string.Join("; ", replay.Surroundings)}.");
        if (replay.Record.Versions is { Modified: true, Commit: { } commit })
            io.Error.WriteLine($"Its work tree was modified: by how much the code differed from commit {commit[..Math.Min(12, commit.Length)]} is not recorded.");
        var progress = new TrainingProgress(replay.Spec.Training.Steps);
        var comparison = replay.Run(step => io.Error.WriteLine(progress.Line(step)), runs, cancellation);
        if (json)
            io.Output.WriteLine(JsonSerializer.Serialize(comparison, s_json));
        else
            Print(comparison, RunRecord.Load(Path.Combine(runs, comparison.Again)), io.Output);
        return comparison.Matched ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(RunComparison comparison, RunRecord again, TextWriter output)
    {
        var (differs, steps) = (comparison.FirstDifference, comparison.Steps);
        output.WriteLine(differs is null ? $"losses: the same bits in all {steps} steps" : $"losses: {differs} (the first difference)");
        output.WriteLine(comparison.TrainedHash?.ToString() ?? $"trained parameters: the same, {again.TrainedHash}");
        output.WriteLine(comparison.PeakBytes?.ToString() ?? $"peak: the same, {ByteSize.Format(again.Memory!.PeakBytes)}");
        output.WriteLine(comparison.Matched
            ? $"{comparison.Run} matched; again it was {comparison.Again}"
            : $"{comparison.Run} did not match; again it was {comparison.Again}");
    }
}
