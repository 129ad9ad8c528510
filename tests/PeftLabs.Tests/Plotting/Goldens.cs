using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Tests.Plotting;

/// <summary>Files of what figures should be. UPDATE_GOLDENS=1 writes them anew, to be looked at as a diff.</summary>
public static class Goldens
{
    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Check(string name, PeftLabs.Plotting.Figure figure)
    {
        CheckText($"{name}.json", JsonNode.Parse(figure.ToJson())!.ToJsonString(_indented).ReplaceLineEndings("\n") + "\n");
        CheckText($"{name}.txt", figure.ToText() + "\n");
    }

    private static void CheckText(string name, string actual)
    {
        var path = Path.Combine(Shared.Root, "tests", "PeftLabs.Tests", "Plotting", "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1") File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
