using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PeftLabs.Cli.Generation;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Commands;

/// <summary>lab generate: continues texts with a model, and an adapter on it.</summary>
public static class GenerateCommand
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (model, sampling, prompts) = (new ModelOptions(), new SamplingOptions(), new PromptSource());
        var batch = new Option<int?>("--batch") { Description = "Prompts that are continued at once, at most; each gets what it gets alone" };
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
            var output = new GeneratedOutput(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(json), texts);
            Run(loaded.Completion, texts, options, output, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(TextCompletion completion, IReadOnlyList<string> texts, GenerationOptions options, GeneratedOutput output, CancellationToken cancellation)
    {
        if (texts.Count > 1)
            completion.Generate(texts, options, output.Ended, cancellation);
        else
            output.Ended(0, completion.Generate(texts[0], options, output.Piece, cancellation));
    }

    /// <summary>Writes texts as they come: one alone piece by piece, of several each as it ends.</summary>
    private sealed class GeneratedOutput(TextWriter output, TextWriter error, bool json, IReadOnlyList<string> prompts)
    {
        public void Piece(string text)
        {
            if (json)
                return;
            output.Write(text);
            output.Flush();
        }

        public void Ended(int index, GeneratedText text)
        {
            if (json)
                output.WriteLine(Json(index, text));
            else if (prompts.Count == 1)
                output.WriteLine();
            else
                output.WriteLine($"{index + 1}: {prompts[index]}{text.Text}");
            output.Flush();
            error.WriteLine(Line(text));
        }

        private string Json(int index, GeneratedText text) => JsonSerializer.Serialize(new
        {
            index,
            prompt = prompts[index],
            text = text.Text,
            reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(text.Reason.ToString()),
            prompt_tokens = text.PromptTokens,
            tokens = text.Tokens,
            prefill_seconds = text.PrefillSeconds > 0 ? text.PrefillSeconds : (double?)null,
            tokens_per_second = text.TokensPerSecond > 0 ? text.TokensPerSecond : (double?)null,
        }, s_json);

        private string Line(GeneratedText text)
        {
            var times = text.TokensPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture,
                $"; the prompt's {text.PromptTokens} tokens took {text.PrefillSeconds:0.00} s, then {text.TokensPerSecond:0.0} tokens/s") : "";
            return $"{text.Tokens.Count} tokens, ended by {Reason(text.Reason)}{times}";
        }

        private static string Reason(StopReason reason) => reason switch
        {
            StopReason.EndToken => "an end token",
            StopReason.StopString => "a stop string",
            StopReason.MaxNewTokens => "--max-new-tokens",
            _ => "the end of the model's positions",
        };
    }
}
