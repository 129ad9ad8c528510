using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;
using PeftLabs.Training;

namespace PeftLabs.Cli.Commands;

/// <summary>lab profile.</summary>
public static class ProfileCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("profile", "Where a training step's time and memory go, by stage, block and operator") { json };
        var arguments = new StepArguments();
        arguments.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var progress = new TrainingProgress(arguments.StepsTaken(parsed));
            var measured = StepBenchmark.Profile(
                arguments.Read(parsed), record => parsed.InvocationConfiguration.Error.WriteLine(progress.Line(record)), cancellation);
            parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(measured));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
