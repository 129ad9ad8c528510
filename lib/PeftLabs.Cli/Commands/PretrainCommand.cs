using System.CommandLine;
using PeftLabs.Cli.Training;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Commands;

/// <summary>lab pretrain: trains the labs' own model from nothing on generated text.</summary>
public static class PretrainCommand
{
    private static readonly PretrainingSpec s_recipe = new();

    private static readonly Option<DirectoryInfo> s_output = new("--output", "-o")
    {
        Description = "The model's folder, new or empty",
        DefaultValueFactory = _ => new(LabModel.Folder),
    };

    private static readonly Option<long> s_tokens = new("--tokens") { Description = "Tokens to train on", DefaultValueFactory = _ => s_recipe.Tokens };
    private static readonly Option<int> s_vocabulary = new("--vocabulary") { Description = "Tokens of the vocabulary", DefaultValueFactory = _ => s_recipe.Vocabulary };
    private static readonly Option<int> s_batch = new("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => s_recipe.Batch };
    private static readonly Option<int> s_length = new("--length") { Description = "Tokens a sequence", DefaultValueFactory = _ => s_recipe.Length };
    private static readonly Option<double> s_rate = new("--learning-rate") { Description = "The learning rate after warm-up", DefaultValueFactory = _ => s_recipe.LearningRate };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "The seed of text, weights and order", DefaultValueFactory = _ => s_recipe.Seed };
    private static readonly Option<bool> s_json = new("--json") { Description = "Print the report as JSON" };

    private static readonly Option<DirectoryInfo?> s_checkpoints = new("--checkpoints")
    {
        Description = "Where checkpoints are kept, from which a broken-off training goes on; artifacts/pretraining/NAME by default",
    };

    private static readonly Option<string?> s_figure = new("--figure") { Description = "Where the loss curve is drawn: a file .png, .html or .json" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("pretrain", "Trains a small model from nothing, tokenizer and all, on generated text; goes on where it was broken off")
        {
            s_output, s_tokens, s_vocabulary, s_batch, s_length, s_rate, s_seed, s_checkpoints, s_figure, s_json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (spec, folder) = (Spec(parsed), parsed.GetValue(s_output)!.FullName);
            var figure = parsed.GetValue(s_figure) is { } path ? new FigureOutput(path) : null;
            if (figure?.Missing is { } missing)
            {
                error.WriteLine($"The loss curve cannot be drawn: {missing}");
                return Task.FromResult(ExitCode.Missing);
            }
            var checkpoints = parsed.GetValue(s_checkpoints)?.FullName ?? Path.Combine(LabPaths.Root, "artifacts", "pretraining", Path.GetFileName(folder));
            using var reporter = new TrainReporter(error, ProgressLine.IsTerminal(error));
            reporter.Started($"{spec.Config().Parameters / 1e6:0.00} million parameters, {spec.Steps} steps of {spec.Batch} × {spec.Length} tokens; "
                + $"checkpoints in {checkpoints}", spec.Steps);
            var report = Pretraining.Run(spec, folder, checkpoints, reporter.Show, cancellation);
            reporter.Dispose();
            figure?.Write(Path.GetFileName(folder), [("loss", report.LossCurve())]);
            output.WriteLine(parsed.GetValue(s_json) ? report.ToJson() : Text(report, folder));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static PretrainingSpec Spec(ParseResult parsed) => new()
    {
        Tokens = parsed.GetValue(s_tokens),
        Vocabulary = parsed.GetValue(s_vocabulary),
        Batch = parsed.GetValue(s_batch),
        Length = parsed.GetValue(s_length),
        LearningRate = parsed.GetValue(s_rate),
        Seed = parsed.GetValue(s_seed),
    };

    private static string Text(PretrainingReport report, string folder) => FormattableString.Invariant(
        $"{folder}: {report.Steps} steps in {report.Minutes:0.0} minutes, loss {report.Losses[0].Loss:0.000} to {report.Losses[^1].Loss:0.000} nats a token, held-out perplexity {report.HeldOutPerplexity:0.000} over {report.HeldOutTokens} tokens");
}
