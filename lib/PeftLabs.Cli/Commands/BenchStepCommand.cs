using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;
using PeftLabs.Memory;
using PeftLabs.Training;
using Spectre.Console;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench step: what a training step of a shape or a model costs in seconds and bytes, stage by stage.</summary>
public static class BenchStepCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("step", "What a training step costs in seconds and bytes, stage by stage") { json };
        var arguments = new StepArguments();
        arguments.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var options = arguments.Read(parsed);
            var progress = new TrainingProgress(options.StepsTaken);
            var measured = StepBenchmark.Run(
                options, record => parsed.InvocationConfiguration.Error.WriteLine(progress.Line(record)), cancellation);
            if (parsed.GetValue(json))
                parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(measured));
            else
                Print(measured);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static string Seconds(StepMeasurement measured) =>
        measured.PredictedSecondsPerStep is { } seconds ? FormattableString.Invariant($"{seconds:0.000} s a step, ") : "";

    private static void Print(StepMeasurement measured)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"{measured.Shape}, {measured.Method} on {measured.Format}, {measured.Batch}×{measured.Tokens} tokens: {measured.SecondsPerStep:0.000} s a step (median of {measured.Steps}), {measured.TokensPerSecond:0} tokens/s"));
        var table = new Table().AddColumns("stage", "end", "peak", "of the peak");
        foreach (var (name, stage) in measured.Stages)
        {
            var parts = stage.Categories.Where(c => c.Value > 0).Select(c => $"{c.Key} {ByteSize.Format(c.Value)}");
            table.AddRow(name, ByteSize.Format(stage.EndBytes), ByteSize.Format(stage.PeakBytes), string.Join(", ", parts));
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"predicted: {Seconds(measured)}peak {ByteSize.Format(measured.PredictedPeakBytes)}");
        AnsiConsole.WriteLine($"peak {ByteSize.Format(measured.PeakBytes)} (MiB and GiB are 1024-based), resident {ByteSize.Format(measured.PeakResidentBytes)} at most");
    }
}
