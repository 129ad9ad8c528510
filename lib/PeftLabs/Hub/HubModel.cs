namespace PeftLabs.Hub;

/// <summary>
/// Models of the Hugging Face hub, brought into the cache that its other tools share. Only configuration, tokenizer, licence and
/// safetensors come, several files at once; a download that was cut goes on where it ended; and nothing gets its name in the cache before its
/// content has the hash that the hub promises. Pickled weights are refused, for they can run code.
/// </summary>
public static class HubModel
{
    /// <summary>Brings a model and gives its folder.</summary>
    /// <param name="model">OWNER/NAME or OWNER/NAME@revision; the revision is a branch, a tag or a commit, and main where none is named.</param>
    /// <param name="options">Null for what the environment says: HF_ENDPOINT, HF_HOME, HF_TOKEN, HF_HUB_OFFLINE and their like.</param>
    /// <param name="progress">Told ten times a second at most, at each file's end, and of every wait; from several threads, one at a time.</param>
    /// <param name="cancellation">What has arrived stays, and the next pull goes on from there.</param>
    /// <returns>The snapshot's folder, which the kit and the hub's other tools read as a model's folder.</returns>
    /// <exception cref="ArgumentException">The name, or a variable of the environment, is wrong.</exception>
    /// <exception cref="HubException">The model cannot be had; the message says why, and what to do.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static async Task<string> PullAsync(
        string model, HubOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken cancellation = default) =>
        (await PullSnapshotAsync(model, options, progress, cancellation)).Folder;

    /// <summary>As <see cref="PullAsync"/>, and tells the commit, the files and what was downloaded.</summary>
    /// <exception cref="ArgumentException">The name, or a variable of the environment, is wrong.</exception>
    /// <exception cref="HubException">The model cannot be had; the message says why, and what to do.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static Task<HubSnapshot> PullSnapshotAsync(
        string model, HubOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken cancellation = default) =>
        new HubPull(HubModelName.Parse(model), options ?? new HubOptions(), progress).RunAsync(cancellation);
}
