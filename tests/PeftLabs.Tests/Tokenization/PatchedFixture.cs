using System.Text.Json.Nodes;

namespace PeftLabs.Tests.Tokenization;

/// <summary>A folder with a fixture's tokenizer.json in which some properties are others; gone when disposed.</summary>
internal sealed class PatchedFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peftlabs-tokenizer-");

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "tokenizer.json");

    /// <summary>Properties of <c>model</c> are put in one by one, all others as wholes.</summary>
    public static PatchedFixture Write(string fixture, JsonObject patch)
    {
        var tokenizer = JsonNode.Parse(File.ReadAllText(Shared.Fixture("tokenizers", fixture, "tokenizer.json")))!;
        foreach (var (name, value) in patch.Where(property => property.Key != "model"))
            tokenizer[name] = value?.DeepClone();
        foreach (var (name, value) in patch["model"]?.AsObject() ?? [])
            tokenizer["model"]![name] = value?.DeepClone();
        return Write(tokenizer.ToJsonString());
    }

    public static PatchedFixture Write(string json)
    {
        var file = new PatchedFixture();
        File.WriteAllText(file.Path, json);
        return file;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
