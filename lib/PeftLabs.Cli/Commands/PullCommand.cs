using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Pulling;
using PeftLabs.Hub;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Commands;

/// <summary>lab pull: a model of the hub into the cache that the hub's tools share.</summary>
public static class PullCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "OWNER/NAME or OWNER/NAME@revision: a branch, a tag or a commit" };
        var offline = new Option<bool>("--offline") { Description = "Ask nothing of the hub: tell where the cache has the model" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of the folder" };
        var command = new Command("pull", "Downloads a model from the hub into the shared cache, and prints its folder") { model, offline, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new HubOptions();
            if (parsed.GetValue(offline))
                options = options with { Offline = true };
            var error = parsed.InvocationConfiguration.Error;
            var pulled = await PullAsync(parsed.GetRequiredValue(model), options, error, cancellation);
            error.WriteLine(Line(pulled));
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? Json(pulled) : pulled.Folder);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<HubSnapshot> PullAsync(string model, HubOptions options, TextWriter error, CancellationToken cancellation)
    {
        using var progress = new PullProgress(error, ProgressLine.IsTerminal(error));
        try
        {
            return await HubModel.PullSnapshotAsync(model, options, progress, cancellation);
        }
        catch (OperationCanceledException)
        {
            progress.Say($"What has arrived is kept: ./lab pull {model} goes on from there.");
            throw;
        }
    }

    private static string Line(HubSnapshot pulled) => $"{pulled.Model} at commit {pulled.Commit[..7]}: {pulled.Files.Count} files, "
        + $"{ByteSize.Format(pulled.Bytes)}, {(pulled.DownloadedBytes > 0 ? $"{ByteSize.Format(pulled.DownloadedBytes)} of them downloaded" : "all from the cache")}";

    private static string Json(HubSnapshot pulled) => JsonSerializer.Serialize(new
    {
        model = pulled.Model,
        commit = pulled.Commit,
        folder = pulled.Folder,
        files = pulled.Files,
        bytes = pulled.Bytes,
        downloaded_bytes = pulled.DownloadedBytes,
    });
}
