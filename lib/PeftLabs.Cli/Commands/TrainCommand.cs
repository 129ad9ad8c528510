using System.CommandLine;
using System.Diagnostics;
using PeftLabs.Cli.Training;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Commands;

/// <summary>lab train: a whole run from a YAML file, from options, or from both.</summary>
public static class TrainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var options = new TrainOptions();
        var dry = new Option<bool>("--dry-run") { Description = "Print the run and what is predicted of it; nothing is loaded or kept" };
        var print = new Option<bool>("--print-config") { Description = "Print the run as YAML with every option, and do nothing else" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint of a run to the same output" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Begin anew, and replace what an earlier run left in the output" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var noImages = new Option<bool>("--no-images") { Description = "Leave the figures' PNG files out, which take Chromium some seconds" };
        var runs = new Option<string>("--runs") { Description = "The folder of all runs", DefaultValueFactory = _ => LabPaths.Runs };
        var command = new InteractiveCommand("train",
            "Trains what a YAML file or options describe, and writes the adapter or model, its card, record and figures. Ctrl-C stops after a step")
        {
            dry, print, resume, overwrite, json, noImages, runs,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var config = options.Read(parsed);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(print))
            {
                output.Write(config.ToYaml());
                return Task.FromResult(ExitCode.Done);
            }
            using var reporter = new TrainReporter(error, ProgressLine.IsTerminal(error));
            using var stop = new StopSignals(reporter.Say, cancellation);
            var calls = new TrainCalls
            {
                Resume = parsed.GetValue(resume),
                Overwrite = parsed.GetValue(overwrite),
                Started = reporter.Started,
                Progress = reporter.Show,
                Tokenizing = reporter,
                Evaluating = reporter,
                Say = reporter.Say,
                Pictures = !parsed.GetValue(noImages),
                Runs = parsed.GetValue(runs)!,
            };
            return Task.FromResult(parsed.GetValue(dry)
                ? Predict(config, calls, parsed.GetValue(json), output, reporter, stop.Token)
                : Train(config, calls, parsed.GetValue(json), output, reporter, stop.Token));
        });
        return command;
    }

    private static int Predict(TrainConfig config, TrainCalls calls, bool json, TextWriter output, TrainReporter reporter, CancellationToken cancellation)
    {
        var forecast = TrainRun.Predict(config, calls, cancellation);
        reporter.Dispose();
        if (!json)
            output.WriteLine(config.ToYaml());
        output.WriteLine(json ? TrainOutput.Json(forecast) : TrainOutput.Text(forecast));
        return ExitCode.Done;
    }

    private static int Train(TrainConfig config, TrainCalls calls, bool json, TextWriter output, TrainReporter reporter, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        if (config.Output is null)
            throw new ArgumentException("save.output is missing: the folder of what is trained (--output).");
        try
        {
            var result = TrainRun.Run(config, calls, cancellation);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            reporter.Dispose();
            output.WriteLine(json ? TrainOutput.Json(result, seconds) : TrainOutput.Text(result, seconds));
            return ExitCode.Done;
        }
        catch (RunInterruptedException e)
        {
            reporter.Say($"{e.Message} --resume goes on from there.");
            if (json)
                output.WriteLine(TrainOutput.Json(e));
            return ExitCode.Interrupted;
        }
    }
}
