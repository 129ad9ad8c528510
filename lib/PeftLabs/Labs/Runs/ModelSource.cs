using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using PeftLabs.Hub;
using PeftLabs.Models;
using PeftLabs.Planning;

namespace PeftLabs.Labs;

/// <summary>Where the model of a run comes from: a folder, or a well-known shape with random weights.</summary>
public sealed record ModelSource
{
    /// <summary>A model's folder; null where there is a shape. In a record it is relative to the repository where it lies in it.</summary>
    public string? Folder { get; init; }

    /// <summary>A name that <see cref="ModelShapes.Find"/> knows; null where there is a folder.</summary>
    public string? Shape { get; init; }

    /// <summary>The seed of a shape's random weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// The folder of that path where there is one, in the working folder or else in the repository; the kit's own model
    /// (<see cref="LabModel"/>); the model of that name that lab pull has brought; and otherwise the shape of that name. OWNER/NAME is
    /// always a model, never a shape with random weights.
    /// </summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    /// <exception cref="HubException">It is a model of the hub that was not pulled; the message says how to.</exception>
    public static ModelSource Of(string name)
    {
        if (LabModel.TryFolderOf(name) is { } folder)
            return new() { Folder = folder };
        if (!name.Contains('/') && (ModelShapes.All.ContainsKey(name) || ModelCatalogue.TryFind(name) is not null))
            return new() { Shape = name };
        if (HubModelName.TryParse(name, out var model) && model.Id.Contains('/'))
            return new() { Folder = ModelLocation.Find(name) };
        throw new ArgumentException($"'{name}' is neither a folder nor a shape, nor the name of a model that was pulled; there are the shapes "
            + $"{string.Join(", ", ModelShapes.All.Keys)}, and the models of the catalogue.");
    }

    /// <summary>What figures and tables call it: the shape's name, the model's on the hub, or the folder's own.</summary>
    [JsonIgnore]
    public string Name => Shape ?? ModelLocation.NameOf(Folder ?? "").Split('/')[^1];

    /// <summary>The model's shape; nothing is loaded for it.</summary>
    /// <exception cref="ArgumentException">Neither a folder nor a shape is given, or both, or there is no such shape.</exception>
    /// <exception cref="ModelFormatException">The folder holds no model that the kit can read.</exception>
    public ModelConfig Config()
    {
        if ((Folder is null) == (Shape is null))
            throw new ArgumentException($"The model of a run is a folder or a shape; {(Folder is null ? "neither is" : "both are")} given.");
        return Shape is null ? ModelConfig.Load(Located!) : ModelShapes.Find(Shape);
    }

    /// <summary>Where its weights are read from, as far as the memory of loading depends on it.</summary>
    public WeightSource Weights() => Shape is null ? WeightSource.Of(Located!) : WeightSource.Random;

    /// <summary>SHA-256 of what the weights follow from: the folder's files, or the shape's config.json and the seed.</summary>
    public string Hash() => Shape is null
        ? ContentHash.Of(Located!)
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ModelConfigWriter.Write(Config())}seed {Seed}\n")));

    /// <summary>Brings the model into memory.</summary>
    public CausalLM Load(ModelLoadOptions loading) =>
        Shape is null ? CausalLM.Load(Located!, loading) : CausalLM.Random(Config(), Seed, loading);

    /// <summary>The folder on this machine; null for a shape.</summary>
    internal string? Located => Folder is null ? null : PortablePath.Locate(Folder);
}
