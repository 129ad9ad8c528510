using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PeftLabs.Adapters;
using PeftLabs.Cli.Merging;
using PeftLabs.Hub;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Cli.Commands;

/// <summary>lab merge: a base and its adapter to a model's folder that needs no adapter, and how far it drifted.</summary>
public static class MergeCommand
{
    private const string Original = "original", Dequantized = "dequantized", FourBit = "4bit";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The base model: a folder, or the name of one that lab pull has brought" };
        var adapter = new Argument<string>("adapter") { Description = "The adapter: a folder, or such a name" };
        var output = new Argument<string>("output") { Description = "A new or empty folder" };
        var into = new Option<string>("--into")
        {
            Description = "original: the base's own 16- or 32-bit weights; dequantized: the decoded 4-bit weights; 4bit: back into 4 bits",
            DefaultValueFactory = _ => Original,
        };
        into.AcceptOnlyFromAmong(Original, Dequantized, FourBit);
        var format = new Option<string>("--format") { Description = "How a 16- or 32-bit base was quantized in training", DefaultValueFactory = _ => "nf4-dq" };
        var type = new Option<string>("--type") { Description = "float32, bfloat16 or float16, for --into dequantized", DefaultValueFactory = _ => "float32" };
        type.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var sample = new Option<int>("--sample") { Description = "Tokens on which drift is measured; 0 for none", DefaultValueFactory = _ => 256 };
        var text = new Option<FileInfo?>("--text") { Description = "A text to measure drift on, instead of a generated one" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line" };
        var command = new Command("merge", "Merges an adapter into its base, and tells how far the result drifted")
        {
            model, adapter, output, into, format, type, sample, text, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = LabModel.FolderOf(parsed.GetRequiredValue(model));
            var options = new MergeOptions
            {
                Base = ModelLoadOptions.QLora with { Projections = WeightFormat.Parse(parsed.GetValue(format)!) },
                StoredAs = (DenseFormat)WeightFormat.Parse(parsed.GetValue(type)!),
                Sample = DriftSample.Of(folder, parsed.GetValue(sample), parsed.GetValue(text)),
                Progress = ByteProgress.On(parsed.InvocationConfiguration.Error),
            };
            var where = parsed.GetValue(into)!;
            Merge merge = where switch
            {
                Original => LoraMerge.IntoCheckpoint,
                Dequantized => LoraMerge.IntoDequantized,
                _ => LoraMerge.IntoQuantized,
            };
            var report = merge(folder, ModelLocation.Find(parsed.GetRequiredValue(adapter)), parsed.GetRequiredValue(output), options, cancellation);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? Json(where, report) : Line(where, report));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private delegate MergeReport Merge(string model, string adapter, string output, MergeOptions? options, CancellationToken cancellation);

    private static string Json(string into, MergeReport report) => JsonSerializer.Serialize(new
    {
        into,
        modules = report.Modules,
        bytes_written = report.BytesWritten,
        seconds = report.Seconds,
        mean_kl = report.MeanKl,
        max_kl = report.MaxKl,
        sample_tokens = report.Drift?.Tokens ?? 0,
    });

    private static string Line(string into, MergeReport report) => string.Create(CultureInfo.InvariantCulture,
        $"merged {report.Modules} projections into the {into} weights: {ByteSize.Format(report.BytesWritten)} in {report.Seconds:0.0} s")
        + (report.Drift is { } drift ? string.Create(CultureInfo.InvariantCulture,
            $"; drift from base + adapter over {drift.Tokens} tokens: mean KL {drift.MeanKl:0.00e+00}, largest {drift.MaxKl:0.00e+00} nats") : "");
}
