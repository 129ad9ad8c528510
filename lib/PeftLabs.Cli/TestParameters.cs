using System.Text.Json.Nodes;
using PeftLabs.Notebooks;

namespace PeftLabs.Cli;

/// <summary>The parameters with which a lab runs in the gate: quick ones, that still go through every cell.</summary>
public static class TestParameters
{
    /// <summary>Reads the notebook's metadata field <c>peftlabs.test_parameters</c>, an object from parameter to value.</summary>
    /// <returns>The arguments for <c>lab run</c>: <c>-p name=value</c> each.</returns>
    /// <exception cref="InvalidDataException">The field is missing, or holds something else than plain values.</exception>
    public static IReadOnlyList<string> Arguments(Notebook notebook)
    {
        if (notebook.Node["metadata"]?["peftlabs"]?["test_parameters"] is not JsonObject parameters)
            throw new InvalidDataException("the notebook's metadata has no object peftlabs.test_parameters, such as {\"steps\": 2}: "
                + "the gate does not know how to run it quickly.");
        return [.. parameters.SelectMany(p => new[] { "-p", $"{p.Key}={Value(p.Key, p.Value)}" })];
    }

    private static string Value(string name, JsonNode? value) => value is JsonValue plain
        ? plain.ToString()
        : throw new InvalidDataException($"peftlabs.test_parameters: {name} is {value?.ToJsonString() ?? "null"}; "
            + "it must be a number, a string, true or false.");
}
