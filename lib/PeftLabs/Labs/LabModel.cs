using PeftLabs.Hub;

namespace PeftLabs.Labs;

/// <summary>
/// The model of the labs where none is named: a Llama of 5 million parameters with a tokenizer of its own, trained by <c>lab pretrain</c>
/// on generated text and kept in the repository, so that every lab runs without a network.
/// </summary>
public static class LabModel
{
    /// <summary>Its name.</summary>
    public const string Name = "peftlabs-5m";

    /// <summary>Its folder.</summary>
    public static string Folder => Path.Combine(LabPaths.Root, "data", "models", Name);

    /// <summary>The folder of the model named, or of the kit's own. Every command and every run finds models by this rule.</summary>
    /// <param name="model">
    /// A model's folder, in the working folder or else in the repository; <see cref="Name"/>; or the name of a model that was pulled from
    /// the hub. Empty for the kit's own.
    /// </param>
    /// <exception cref="HubException">There is no such folder, and no such model was pulled; the message says how to get it.</exception>
    /// <exception cref="FileNotFoundException">The kit's own is not there.</exception>
    public static string FolderOf(string? model = null) =>
        string.IsNullOrWhiteSpace(model) ? Own() : TryFolderOf(model) ?? ModelLocation.Find(model);

    /// <summary>The folder as <see cref="FolderOf"/> gives it; null where no model of that name is here.</summary>
    /// <exception cref="FileNotFoundException">The kit's own is meant, and is not there.</exception>
    internal static string? TryFolderOf(string model) =>
        PortablePath.Locate(model) is var folder && Directory.Exists(folder) ? folder : model == Name ? Own() : ModelLocation.TryFind(model);

    /// <summary>The folder of a model of the hub, which is pulled first; the kit's own where there is no network to pull it over.</summary>
    /// <param name="model">OWNER/NAME as the hub has it, or a folder; empty for the kit's own.</param>
    /// <param name="say">Told in plain sentences what is done.</param>
    /// <param name="options">How the hub is reached; null for the environment's, without long patience.</param>
    /// <param name="cancellation">Ends the download; what has arrived stays.</param>
    /// <exception cref="HubException">The hub was reached and does not give the model.</exception>
    public static async Task<string> PullOrOwnAsync(
        string? model, Action<string> say, HubOptions? options = null, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(model) || model == Name || Path.Exists(model))
            return FolderOf(model);
        try
        {
            var snapshot = await HubModel.PullSnapshotAsync(model, options ?? new HubOptions { Retries = 1 }, null, cancellation);
            say($"{model} is here, at commit {snapshot.Commit}.");
            return snapshot.Folder;
        }
        catch (HubException e) when (e.Failure is HubFailure.Unreachable or HubFailure.NotCached or HubFailure.Stalled)
        {
            say($"{model} cannot be had here: {e.Message}");
            say($"With a network, it would be pulled into the hub's cache and used from here on; without, the kit's own {Name} takes its place.");
            return FolderOf();
        }
    }

    private static string Own() => File.Exists(Path.Combine(Folder, "config.json")) ? Folder
        : throw new FileNotFoundException($"The kit's own model is not in {Folder}; ./lab pretrain makes it, in an hour on two cores.");
}
