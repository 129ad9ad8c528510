using System.CommandLine;
using PeftLabs.Cli.Generation;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Commands;

/// <summary>lab generate: continues texts with a model, and an adapter on it.</summary>
public static class GenerateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (model, sampling, prompts) = (new ModelOptions(), new SamplingOptions(), new PromptSource());
        var batch = new Option<int?>("--batch")
        {
            Description = "Prompts that are continued at once, at most; each gets what it gets alone (on a GPU, but for rounding)",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line, for each prompt, instead of the texts" };
        var command = new Command("generate", "Continues texts: prompts come from --prompt, --file or standard input") { batch, json };
        model.AddTo(command);
        prompts.AddTo(command);
        sampling.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var texts = prompts.Read(parsed, Console.In, Console.IsInputRedirected);
            var options = sampling.Read(parsed, model.Folder(parsed));
            options = options with { BatchSize = parsed.GetValue(batch) ?? options.BatchSize };
            using var loaded = model.Load(parsed);
            var settings = parsed.InvocationConfiguration;
            var output = new GeneratedOutput(settings.Output, settings.Error, parsed.GetValue(json), texts);
            Run(loaded.Completion, texts, options, output, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(
        TextCompletion completion, IReadOnlyList<string> texts, GenerationOptions options, GeneratedOutput output, CancellationToken cancellation)
    {
        if (texts.Count > 1)
            completion.Generate(texts, options, output.Ended, cancellation);
        else
            output.Ended(0, completion.Generate(texts[0], options, output.Piece, cancellation));
    }
}
