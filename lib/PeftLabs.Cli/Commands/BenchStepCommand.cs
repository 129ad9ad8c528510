using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;
using PeftLabs.Cli.Training;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;
using Spectre.Console;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench step: what a training step of a shape or a model costs in seconds and bytes, stage by stage.</summary>
public static class BenchStepCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var shape = new Option<string?>("--shape") { Description = $"A shape with random weights: {string.Join(", ", ModelShapes.All.Keys)}" };
        var model = new Option<string?>("--model") { Description = "A model instead of a shape: a folder, or the name of one that lab pull has brought" };
        var method = new Option<string>("--method") { Description = "full, lora (rank 16 on all projections) or qlora (the same on NF4 with double quantization)", DefaultValueFactory = _ => "lora" };
        var format = new Option<string?>("--format") { Description = "How projections are stored: float32, bfloat16, nf4, nf4-dq, fp4, int8, int8-row" };
        var embedding = new Option<string?>("--embedding") { Description = "How embedding and head are stored; bfloat16 under qlora, else float32" };
        var batch = new Option<int>("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => 4 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens a sequence", DefaultValueFactory = _ => 128 };
        var steps = new Option<int>("--steps") { Description = "Steps counted, after one that is not", DefaultValueFactory = _ => 3 };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        var stream = new Option<bool>("--stream") { Description = "Keep the blocks' weights in a file, two blocks of them in memory" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("step", "What a training step costs in seconds and bytes, stage by stage")
        {
            shape, model, method, format, embedding, batch, tokens, steps, device, stream, json,
        };
        var techniques = new TechniqueOptions();
        techniques.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var progress = new TrainingProgress(parsed.GetValue(steps) + 1);
            var measured = StepBenchmark.Run(
                new StepBenchmarkOptions
                {
                    Shape = parsed.GetValue(shape),
                    Model = parsed.GetValue(model),
                    Method = parsed.GetValue(method)!,
                    Format = parsed.GetValue(format),
                    Embedding = parsed.GetValue(embedding),
                    Batch = parsed.GetValue(batch),
                    Tokens = parsed.GetValue(tokens),
                    Steps = parsed.GetValue(steps),
                    Device = parsed.GetValue(device)!,
                    Stream = parsed.GetValue(stream),
                    Training = techniques.Over(StepBenchmarkOptions.DefaultTraining, parsed),
                },
                record => parsed.InvocationConfiguration.Error.WriteLine(progress.Line(record)), cancellation);
            if (parsed.GetValue(json))
                parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(measured));
            else
                Print(measured);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Print(StepMeasurement measured)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"{measured.Shape}, {measured.Method} on {measured.Format}, {measured.Batch}×{measured.Tokens} tokens: {measured.SecondsPerStep:0.000} s a step (median of {measured.Steps}), {measured.TokensPerSecond:0} tokens/s"));
        var table = new Table().AddColumns("stage", "end", "peak", "of the peak");
        foreach (var (name, stage) in measured.Stages)
        {
            var parts = stage.Categories.Where(c => c.Value > 0).Select(c => $"{c.Key} {ByteSize.Format(c.Value)}");
            table.AddRow(name, ByteSize.Format(stage.EndBytes), ByteSize.Format(stage.PeakBytes), string.Join(", ", parts));
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"peak {ByteSize.Format(measured.PeakBytes)} (MiB and GiB are 1024-based), resident {ByteSize.Format(measured.PeakResidentBytes)} at most");
    }
}
