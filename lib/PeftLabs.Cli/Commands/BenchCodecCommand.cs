using System.CommandLine;
using System.Text.Json;
using PeftLabs.Quantization;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench codec: how fast weights are encoded, decoded and multiplied, against the machine's copy bandwidth.</summary>
public static class BenchCodecCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows of the matrix", DefaultValueFactory = _ => 8192 };
        var columns = new Option<int>("--columns") { Description = "Columns, a multiple of 4096", DefaultValueFactory = _ => 4096 };
        var threads = new Option<int>("--threads") { Description = "Threads at most; 0 for all cores" };
        var path = new Option<string?>("--path") { Description = $"Instruction set: {string.Join(", ", CodecBenchmark.Paths)}" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line instead of the table" };
        var command = new Command("codec", "How fast the weight formats encode, decode and multiply") { rows, columns, threads, path, json };
        command.SetAction((parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var benchmark = new CodecBenchmark(parsed.GetValue(rows), parsed.GetValue(columns), parsed.GetValue(threads));
            foreach (var measured in benchmark.Run(parsed.GetValue(path)))
            {
                cancellation.ThrowIfCancellationRequested();
                output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(measured, s_json) : measured.ToString());
            }
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
