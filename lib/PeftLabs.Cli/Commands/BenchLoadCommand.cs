using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench load: how fast a model and a token cache are loaded, beside reading the same files in big blocks.</summary>
public static class BenchLoadCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var defaults = new LoadBenchmarkOptions();
        var shape = new Option<string>("--shape")
        {
            Description = "The shape of the model that is written in bfloat16 and loaded",
            DefaultValueFactory = _ => defaults.Shape,
        };
        var folder = new Option<string>("--folder")
        {
            Description = "A folder on the disk to measure; what is written there is removed in the end",
            DefaultValueFactory = _ => defaults.Folder,
        };
        var megabytes = new Option<int>("--megabytes")
        {
            Description = "Millions of bytes of JSON Lines that are tokenized into a cache",
            DefaultValueFactory = _ => (int)(defaults.DataBytes / 1_000_000),
        };
        var repeats = new Option<int>("--repeats")
        {
            Description = "How often each is done; the fastest counts",
            DefaultValueFactory = _ => defaults.Repeats,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of the tables" };
        var command = new Command("load", "How fast a model and a token cache are loaded, against the disk's own speed")
        {
            shape, folder, megabytes, repeats, json,
        };
        // On a thread of its own, so that Ctrl-C is heard while it works.
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                LoadBenchmarkOptions options = new()
                {
                    Shape = parsed.GetValue(shape)!,
                    Folder = parsed.GetValue(folder)!,
                    DataBytes = parsed.GetValue(megabytes) * 1_000_000L,
                    Repeats = parsed.GetValue(repeats),
                };
                var measured = LoadBenchmark.Run(options, parsed.InvocationConfiguration.Error.WriteLine, cancellation);
                parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(measured) : measured.ToString());
                return ExitCode.Done;
            },
            cancellation));
        return command;
    }
}
