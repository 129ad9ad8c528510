using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;
using PeftLabs.Cli.Generation;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench generate: how many tokens a second a shape or a model generates, and the bytes that it takes.</summary>
public static class BenchGenerateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var shape = new Option<string?>("--shape") { Description = $"A shape with random weights: {string.Join(", ", ModelShapes.All.Keys)}" };
        var model = new Option<string?>("--model") { Description = "A model's folder or name, instead of a shape" };
        var format = new Option<string>("--format")
        {
            Description = "How projections are stored: float32, bfloat16, nf4, nf4-dq, fp4, int8, int8-row",
            DefaultValueFactory = _ => "nf4-dq",
        };
        var embedding = new Option<string?>("--embedding") { Description = "How embedding and head are stored; float32 with float32, else bfloat16" };
        var cache = new Option<string?>("--cache") { Description = "How keys and values are stored: float32, bfloat16 or int8" };
        var batch = Number("--batch", "Sequences at once", 1);
        var prompt = Number("--prompt", "Tokens of a prompt", 32);
        var tokens = Number("--tokens", "Tokens that follow it", 64);
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("generate", "How many tokens a second are generated, and the bytes that it takes")
        {
            shape, model, format, embedding, cache, batch, prompt, tokens, device, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var measured = GenerationBenchmark.Run(new()
            {
                Shape = parsed.GetValue(shape),
                Model = parsed.GetValue(model),
                Format = parsed.GetValue(format)!,
                Embedding = parsed.GetValue(embedding),
                Cache = CacheFormat.Parse(parsed.GetValue(cache)) ?? KeyValueFormat.Float32,
                Batch = parsed.GetValue(batch),
                Prompt = parsed.GetValue(prompt),
                Tokens = parsed.GetValue(tokens),
                Device = parsed.GetValue(device)!,
            }, cancellation);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(measured) : Text(measured));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static string Text(GenerationMeasurement m)
    {
        var speed = FormattableString.Invariant($"{m.DecodeTokensPerSecond:0.0} tokens/s (median step; fastest {m.FastestTokensPerSecond:0.0})");
        var bytes = $"model {ByteSize.Format(m.LoadedBytes)}, peak {ByteSize.Format(m.PeakBytes)}, "
            + $"resident {ByteSize.Format(m.PeakResidentBytes)} at most";
        return FormattableString.Invariant($"""
            {m.Shape}, {m.Format} with {m.EmbeddingFormat} embedding, {m.CacheFormat} cache, {m.Batch}×({m.PromptTokens} + {m.NewTokens}) tokens
            prompt     {m.PrefillTokensPerSecond:0} tokens/s
            generated  {speed}, {1000 * m.ProcessorSecondsPerToken:0.0} ms of processor time a token
            cache      {ByteSize.Format(m.CacheBytes)}, {bytes}
            """);
    }

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };
}
