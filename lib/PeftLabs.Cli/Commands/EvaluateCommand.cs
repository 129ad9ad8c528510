using System.CommandLine;
using PeftLabs.Adapters;
using PeftLabs.Cli.Evaluation;
using PeftLabs.Cli.Generation;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Commands;

/// <summary>lab evaluate: scores a model on tasks and on text, bare and with adapters.</summary>
public static class EvaluateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (model, options) = (new ModelOptions(withAdapter: false), new EvaluateOptions());
        var command = new Command("evaluate",
            "Scores a model on tasks and takes its perplexity, before and after an adapter; without --task and --text, on every task and on generated text");
        model.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var (request, settings) = (options.Read(parsed), parsed.InvocationConfiguration);
            using var progress = new EvaluationReporter(settings.Error, ProgressLine.IsTerminal(settings.Error));
            if (request.Note is { } note)
                progress.Say(note);
            using var loaded = model.Load(parsed);
            var name = EvaluateOptions.ModelName(model.Folder(parsed));
            var evaluations = Evaluate(name, loaded, request, progress, cancellation);
            progress.Dispose();
            new EvaluationOutput(name, request, evaluations).Write(settings.Output);
            Record(request, evaluations, settings.Error);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static List<ModelEvaluation> Evaluate(
        string model, LoadedModel loaded, EvaluateRequest request, EvaluationReporter progress, CancellationToken cancellation)
    {
        CheckAdapters(loaded, request);
        List<ModelEvaluation> evaluations = [];
        if (request.Base)
            evaluations.Add(Of(request.Adapters.Count == 0 ? model : "base"));
        foreach (var (name, folder) in request.Adapters)
        {
            using var adapter = LoraAdapter.Load(loaded.Model, folder);
            evaluations.Add(Of(name));
        }
        return evaluations;

        ModelEvaluation Of(string name)
        {
            progress.Name = name;
            return ModelEvaluation.Of(
                name, loaded.Model, loaded.Completion.Tokenizer, request.Tasks, request.Text, request.Options, progress, cancellation);
        }
    }

    // One that does not fit is told of before the minutes that the others take.
    private static void CheckAdapters(LoadedModel loaded, EvaluateRequest request)
    {
        foreach (var (_, folder) in request.Adapters)
        {
            using var adapter = LoraAdapter.Load(loaded.Model, folder);
            if (request.Record is { } run)
                EvaluationRecord.CheckTrained(RunRecord.Load(run), adapter);
        }
    }

    private static void Record(EvaluateRequest request, List<ModelEvaluation> evaluations, TextWriter error)
    {
        if (request.Record is not { } run)
            return;
        var changes = EvaluationComparison.Of(evaluations[0], evaluations[1]);
        EvaluationRecord.Add(run, [.. changes.Select(change => change.ToRunEvaluation())]);
        error.WriteLine($"{changes.Count} figures were put into {Path.Combine(run, RunRecord.FileName)}.");
    }
}
