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

    /// <summary>The folder of the model named, or of the kit's own.</summary>
    /// <param name="model">A model's folder, or the name of one that was pulled from the hub; empty for the kit's own.</param>
    /// <exception cref="HubException">There is no such folder, and no such model was pulled; the message says how to get it.</exception>
    /// <exception cref="FileNotFoundException">The kit's own is not there.</exception>
    public static string FolderOf(string? model = null)
    {
        if (!string.IsNullOrWhiteSpace(model))
            return ModelLocation.Find(model);
        return File.Exists(Path.Combine(Folder, "config.json")) ? Folder
            : throw new FileNotFoundException($"The kit's own model is not in {Folder}; ./lab pretrain makes it, in an hour on two cores.");
    }
}
