using System.CommandLine;
using PeftLabs.Cli.Ladder;
using PeftLabs.Labs;
using PeftLabs.Models;
using TorchSharp;

namespace PeftLabs.Cli.Commands;

/// <summary>lab ladder: the whole ladder of techniques on a model, each rung predicted, run in a process of its own, and measured.</summary>
public static class LadderCommand
{
    private static readonly Option<string> s_model = new("--model")
    {
        Description = $"A model's folder, the name of one that lab pull has brought, or a shape with random weights: {string.Join(", ", ModelShapes.All.Keys)}",
    };

    private static readonly Option<int> s_batch = new("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> s_tokens = new("--tokens") { Description = "Tokens a sequence", DefaultValueFactory = _ => 128 };
    private static readonly Option<int> s_steps = new("--steps") { Description = "Steps of each rung; the first is left out of the seconds", DefaultValueFactory = _ => 4 };
    private static readonly Option<double> s_rate = new("--learning-rate") { Description = "The learning rate of every rung", DefaultValueFactory = _ => 1e-4 };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "The seed of data, adapters and dropout", DefaultValueFactory = _ => 42 };
    private static readonly Option<string> s_device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };

    private static readonly Option<string?> s_data = new("--data")
    {
        Description = "text, a task's name (examples as long as they are), or random-tokens; text where the model has a tokenizer",
    };

    private static readonly Option<string?> s_rungs = new("--rungs")
    {
        Description = "Techniques to layer, in this order and separated by commas; by default all that save memory here: "
            + string.Join(", ", LadderPlan.Techniques.Select(t => t.Key)),
    };

    private static readonly Option<DirectoryInfo?> s_output = new("--output", "-o")
    {
        Description = "Where table, JSON and figures are kept; runs/ladders/MODEL-BATCHxTOKENS by default",
    };

    private static readonly Option<bool> s_resume = new("--resume") { Description = "Does not run again what ran before from the same spec" };
    private static readonly Option<bool> s_predict = new("--predict") { Description = "Only predicts: nothing is loaded, run or kept" };
    private static readonly Option<bool> s_json = new("--json") { Description = "Print the ladder as JSON instead of the table" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var rung = new Command("rung", "Runs one rung: its spec comes as JSON on standard input") { Hidden = true };
        rung.SetAction((parsed, cancellation) =>
        {
            RungProcess.Serve(Console.In, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        var command = new Command("ladder", "Runs the whole ladder of techniques on a model, and keeps its table and figures")
        {
            s_model, s_batch, s_tokens, s_steps, s_rate, s_seed, s_device, s_data, s_rungs, s_output, s_resume, s_predict, s_json,
        };
        command.Add(rung);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var rungs = Rungs(parsed, FirstRung(parsed));
        TellLeftOut(parsed, rungs, error);
        var report = LadderReport.Of(rungs);
        if (!parsed.GetValue(s_predict))
        {
            var folder = parsed.GetValue(s_output)?.FullName ?? DefaultFolder(rungs[0].Spec);
            report = await new LadderClimb(folder, error.WriteLine).RunAsync(rungs, parsed.GetValue(s_resume), cancellation);
            if (report.SaveFigures(folder) is { } missing)
                error.WriteLine(missing);
            error.WriteLine($"{LadderReport.FileName}, {LadderReport.TableName} and the figures are in {folder}");
        }
        output.WriteLine(parsed.GetValue(s_json) ? report.ToJson() : LadderTable.Text(report));
        return report.Rungs.Any(r => r.Error is not null) ? ExitCode.Failed : ExitCode.Done;
    }

    private static RunSpec FirstRung(ParseResult parsed)
    {
        var model = ModelSource.Of(parsed.GetValue(s_model) ?? throw new ArgumentException("--model is missing: a model's folder, the name of one that lab pull has brought, or a shape."));
        var (batch, steps) = (parsed.GetValue(s_batch), parsed.GetValue(s_steps));
        var data = new DataRecipe
        {
            Kind = Data(parsed.GetValue(s_data), model),
            Task = LabTasks.All.FirstOrDefault(task => task.Name == parsed.GetValue(s_data))?.Name,
            Tokens = parsed.GetValue(s_tokens),
            Examples = checked(batch * steps),
            Batches = new() { Size = batch, Seed = parsed.GetValue(s_seed) },
        };
        var spec = LadderPlan.FullFineTuning(model, data, steps, parsed.GetValue(s_rate));
        return spec with
        {
            Device = torch.device(parsed.GetValue(s_device)!).ToString(),
            Training = spec.Training with { Seed = parsed.GetValue(s_seed) },
            HeldOut = data.Kind == DataKind.RandomTokens ? 0 : 2 * batch,
        };
    }

    private static DataKind Data(string? named, ModelSource model) => named switch
    {
        null => model.Folder is { } folder && new[] { "tokenizer.json", "tokenizer.model" }.Any(f => File.Exists(Path.Combine(folder, f)))
            ? DataKind.Text : DataKind.RandomTokens,
        "text" => DataKind.Text,
        "random-tokens" => DataKind.RandomTokens,
        _ when LabTasks.All.Any(task => task.Name == named) => DataKind.Task,
        _ => throw new ArgumentException(
            $"--data is '{named}'; it must be text, random-tokens or a task: {string.Join(", ", LabTasks.All.Select(task => task.Name))}."),
    };

    private static IReadOnlyList<LadderRung> Rungs(ParseResult parsed, RunSpec first)
    {
        var speed = torch.device(first.Device).type == DeviceType.CPU ? MeasuredSpeed.Current : null;
        return parsed.GetValue(s_rungs) is { } keys
            ? LadderPlan.Rungs(first, keys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), speed)
            : LadderPlan.Rungs(first, speed);
    }

    private static void TellLeftOut(ParseResult parsed, IReadOnlyList<LadderRung> rungs, TextWriter error)
    {
        var left = LadderPlan.Techniques.Where(t => rungs.All(r => r.Key != t.Key)).Select(t => t.Key).ToList();
        if (parsed.GetValue(s_rungs) is null && left.Count > 0)
            error.WriteLine($"Left out, for here they save nothing: {string.Join(", ", left)} (--rungs names what is to be layered).");
    }

    private static string DefaultFolder(RunSpec first) =>
        Path.Combine(LabPaths.Runs, "ladders", $"{first.Model.Name}-{first.Data.Batches.Size}x{first.Data.Tokens}");
}
