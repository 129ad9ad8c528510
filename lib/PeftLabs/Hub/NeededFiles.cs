using PeftLabs.Formats;

namespace PeftLabs.Hub;

/// <summary>The files of a repository that a model, or an adapter, is made of.</summary>
internal static class NeededFiles
{
    private const string Index = CheckpointIndex.FileName;

    private static readonly HashSet<string> s_small = [.. CompanionFiles.Names, "adapter_config.json"];

    // As the kit and transformers look for weights: the single file before the index.
    private static readonly string[] s_single = ["model.safetensors", "adapter_model.safetensors"];

    /// <summary>Whether the weights are the shards that an index names.</summary>
    public static bool IsSharded(HubListing listing) => !s_single.Any(name => Has(listing, name)) && Has(listing, Index);

    /// <summary>
    /// Configuration, tokenizer, licence and weights, all at the repository's top: the single safetensors file, or the index and the shards
    /// that it names, or, where there is neither, every safetensors file. Copies in other formats and precisions are left out.
    /// </summary>
    /// <param name="listing">What the repository holds.</param>
    /// <param name="shards">The names in the index; null as long as it has not been read.</param>
    /// <param name="model">The repository, for messages.</param>
    /// <exception cref="HubException">There is no configuration, or there are no safetensors.</exception>
    public static IReadOnlyList<ListedFile> Of(HubListing listing, IReadOnlyCollection<string>? shards, HubModelName model)
    {
        if (!Has(listing, "config.json") && !Has(listing, "adapter_config.json"))
            throw Unfit(listing, model, "it has neither config.json nor adapter_config.json, so it is no model that the kit can read");
        if (shards?.FirstOrDefault(shard => !Has(listing, shard)) is { } missing)
            throw Unfit(listing, model, $"{Index} names '{missing}', which the repository lacks");
        var weights = Weights(listing, shards);
        if (weights.Count == 0)
            throw NoSafeTensors(listing, model);
        return [.. listing.Files.Where(file => s_small.Contains(file.Name) || weights.Contains(file.Name))];
    }

    private static HashSet<string> Weights(HubListing listing, IReadOnlyCollection<string>? shards)
    {
        if (IsSharded(listing))
            return [Index, .. shards ?? []];
        var single = s_single.Where(name => Has(listing, name)).ToHashSet();
        return single.Count > 0 ? single : [.. listing.Files.Select(file => file.Name).Where(IsSafeTensors)];
    }

    private static bool IsSafeTensors(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) && !name.AsSpan().ContainsAny("/\\:\0") && name[0] != '.';

    private static bool Has(HubListing listing, string name) => listing.Files.Any(file => file.Name == name);

    private static HubException NoSafeTensors(HubListing listing, HubModelName model) =>
        listing.Files.Select(file => file.Name).FirstOrDefault(CheckpointFinder.IsPickle) is { } pickle
            ? new(HubFailure.NoSafeWeights, $"{model} has its weights only as pickles ({pickle}), and loading a pickle can run any code that its "
                + "author put there, so nothing was pulled. Ask its authors for safetensors, or look for a copy of it that has them.")
            : Unfit(listing, model, "it has no weights in safetensors");

    private static HubException Unfit(HubListing listing, HubModelName model, string reason)
    {
        var names = listing.Files.Select(file => file.Name).Order(StringComparer.Ordinal).ToList();
        var has = names.Count == 0 ? "nothing" : string.Join(", ", names.Take(8)) + (names.Count > 8 ? $" and {names.Count - 8} more" : "");
        return new(HubFailure.NoSafeWeights, $"{model}: {reason}. It has {has}.");
    }
}
