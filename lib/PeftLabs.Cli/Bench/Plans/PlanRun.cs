using System.CommandLine;
using System.Text.Json;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;

namespace PeftLabs.Cli.Bench.Plans;

/// <summary>Predicts a row for a model, runs it in a process of its own, and compares.</summary>
/// <param name="Model">What the table calls the model.</param>
/// <param name="Source">How <c>lab bench step</c> is told it: <c>--shape NAME</c> or <c>--model FOLDER</c>.</param>
/// <param name="Row">The techniques.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Tokens">Tokens a sequence.</param>
public sealed record PlanRun(string Model, IReadOnlyList<string> Source, PlanRow Row, int Batch, int Tokens)
{
    /// <summary>What tables and progress call it.</summary>
    public string Name => $"{Model}, {Row.Name}";

    private IReadOnlyList<string> Arguments => [.. Source, .. Row.Arguments, "--batch", $"{Batch}", "--tokens", $"{Tokens}", "--steps", "1"];

    /// <summary>The stages as predicted; nothing is loaded.</summary>
    public IReadOnlyList<StagePrediction> Predict()
    {
        var (command, arguments) = (new Command("step"), new StepArguments());
        arguments.AddTo(command);
        var options = arguments.Read(command.Parse([.. Arguments]));
        return options.Plan(options.Shape is { } shape ? ModelShapes.Find(shape) : ModelConfig.Load(LabModel.FolderOf(options.Model!))).Predict();
    }

    /// <summary>Takes two steps in a process of its own, and compares each stage.</summary>
    /// <param name="error">Told each line that the process writes about itself.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It failed; the message says why.</exception>
    public async Task<IReadOnlyList<StageComparison>> CompareAsync(Action<string> error, CancellationToken cancellation)
    {
        var predicted = Predict();
        var result = await OwnProcess.RunAsync(["bench", "step", "--json", .. Arguments], null, error, cancellation);
        if (result.Failure is { } failure)
            throw new InvalidOperationException(failure);
        return StageComparison.Of(predicted, Stages(result.Output.TrimEnd().Split('\n')[^1]));
    }

    /// <summary>The stages of what <c>lab bench step --json</c> printed.</summary>
    public static IEnumerable<StageMemory> Stages(string json) => JsonSerializer.Deserialize<StepMeasurement>(json)!.Stages.Select(stage =>
        new StageMemory(Enum.Parse<MemoryStage>(stage.Key), stage.Value.EndBytes, stage.Value.PeakBytes, new Dictionary<MemoryCategory, long>(),
            stage.Value.Categories.ToDictionary(c => Enum.Parse<MemoryCategory>(c.Key), c => c.Value)));
}
