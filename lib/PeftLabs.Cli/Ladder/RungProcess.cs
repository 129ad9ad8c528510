using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Training;

namespace PeftLabs.Cli.Ladder;

/// <summary>A run in a process of its own: its spec goes in as JSON, the folder of its record comes out.</summary>
public static class RungProcess
{
    /// <summary>Runs a spec there.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="progress">Told each step, as a line.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The folder of the record.</returns>
    /// <exception cref="RunFailedException">It failed; the message says why.</exception>
    public static async Task<string> RunAsync(RunSpec spec, Action<string> progress, CancellationToken cancellation)
    {
        var result = await OwnProcess.RunAsync(["ladder", "rung"], spec.ToJson().ToJsonString(), progress, cancellation);
        if (result.Failure is { } failure)
            throw new RunFailedException(failure);
        return (string)JsonNode.Parse(result.Output.TrimEnd().Split('\n')[^1])!["folder"]!;
    }

    /// <summary>The other side: reads the spec, runs it, and says where its record is.</summary>
    internal static void Serve(TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var spec = RunSpec.Parse(JsonNode.Parse(input.ReadToEnd()), "standard input");
        var progress = new TrainingProgress(spec.Training.Steps);
        var run = FineTuning.Run(spec, new() { Progress = step => error.WriteLine(progress.Line(step)) }, cancellation);
        output.WriteLine(new JsonObject { ["folder"] = run.Folder }.ToJsonString());
    }
}
