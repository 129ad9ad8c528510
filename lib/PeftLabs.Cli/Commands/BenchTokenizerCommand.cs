using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench tokenizer: how fast a tokenizer encodes and decodes generated text on one core.</summary>
public static class BenchTokenizerCommand
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var tokenizer = new Option<string?>("--tokenizer")
        {
            Description = "A folder or file of a tokenizer; without it a byte-level BPE is trained on text of the generator",
        };
        var megabytes = new Option<int>("--megabytes") { Description = "Millions of bytes of text", DefaultValueFactory = _ => 10 };
        var repeats = new Option<int>("--repeats") { Description = "How often each is done; the fastest counts", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of the table" };
        var command = new Command("tokenizer", "How fast a tokenizer encodes and decodes text on one core") { tokenizer, megabytes, repeats, json };
        command.SetAction((parsed, cancellation) =>
        {
            var measured = TokenizerBenchmark.Run(
                parsed.GetValue(tokenizer), parsed.GetValue(megabytes) * 1_000_000L, parsed.GetValue(repeats), cancellation);
            var text = parsed.GetValue(json) ? JsonSerializer.Serialize(measured, s_json) : measured.ToString();
            parsed.InvocationConfiguration.Output.WriteLine(text);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
