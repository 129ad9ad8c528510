using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks;

/// <summary>Checks that JSON is a notebook of nbformat 4, brings it to 4.5, and makes the cells of it.</summary>
internal sealed class NotebookReader(string name)
{
    private readonly HashSet<string> _ids = [];

    public static JsonObject Empty() => new()
    {
        ["cells"] = new JsonArray(),
        ["metadata"] = new JsonObject
        {
            ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
            ["language_info"] = new JsonObject
            {
                ["file_extension"] = ".cs",
                ["mimetype"] = "text/x-csharp",
                ["name"] = "C#",
                ["pygments_lexer"] = "csharp",
                ["version"] = "14.0",
            },
            ["polyglot_notebook"] = new JsonObject
            {
                ["kernelInfo"] = new JsonObject
                {
                    ["defaultKernelName"] = "csharp",
                    ["items"] = new JsonArray(
                        new JsonObject { ["aliases"] = new JsonArray(), ["languageName"] = "csharp", ["name"] = "csharp" }),
                },
            },
        },
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    };

    public Notebook Read(JsonNode? json)
    {
        var root = json as JsonObject ?? throw Bad("", "a JSON object", json);
        if (Number(root["nbformat"]) is not 4) throw Bad("nbformat", "4", root["nbformat"]);
        // Cell ids came with minor version 5; an older notebook becomes one of version 5 by getting them.
        if (Number(root["nbformat_minor"]) is not >= 5) root["nbformat_minor"] = 5;
        if (root["metadata"] is not JsonObject) throw Bad("metadata", "an object", root["metadata"]);
        var cells = root["cells"] as JsonArray ?? throw Bad("cells", "an array", root["cells"]);
        foreach (var cell in cells.OfType<JsonObject>())
            if (NotebookJson.Text(cell["id"]) is { } id) _ids.Add(id);
        return new Notebook(root, [.. cells.Select(ReadCell)]);
    }

    private NotebookCell ReadCell(JsonNode? json, int index)
    {
        var place = $"cells[{index}]";
        var node = json as JsonObject ?? throw Bad(place, "an object", json);
        var kind = NotebookJson.Text(node["cell_type"]) switch
        {
            "markdown" => CellKind.Markdown,
            "code" => CellKind.Code,
            "raw" => CellKind.Raw,
            _ => throw Bad($"{place}.cell_type", "\"markdown\", \"code\" or \"raw\"", node["cell_type"]),
        };
        var source = NotebookJson.Text(node["source"]) ?? throw Bad($"{place}.source", "a string or an array of strings", node["source"]);
        if (node["source"] is not JsonArray) node["source"] = NotebookJson.Lines(source);
        Complete(node, kind, place, source);
        return new NotebookCell(node, kind);
    }

    private void Complete(JsonObject node, CellKind kind, string place, string source)
    {
        if (node["metadata"] is null) node["metadata"] = new JsonObject();
        if (node["metadata"] is not JsonObject) throw Bad($"{place}.metadata", "an object", node["metadata"]);
        if (node["id"] is null) node["id"] = CellIds.Next(_ids, source);
        _ids.Add(NotebookJson.Text(node["id"]) ?? throw Bad($"{place}.id", "a string", node["id"]));
        if (kind != CellKind.Code) return;
        if (!node.ContainsKey("execution_count")) node["execution_count"] = null;
        if (node["execution_count"] is { } count && Number(count) is null)
            throw Bad($"{place}.execution_count", "a whole number or null", count);
        node["outputs"] ??= new JsonArray();
        if (node["outputs"] is not JsonArray outputs || outputs.Any(output => output is not JsonObject))
            throw Bad($"{place}.outputs", "an array of objects", node["outputs"]);
    }

    private static int? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) ? number : null;

    private NotebookException Bad(string place, string expected, JsonNode? found)
    {
        var text = found?.ToJsonString() ?? "nothing";
        var shown = text.Length > 40 ? text[..40] + "…" : text;
        return new NotebookException(
            $"{name}: not a notebook that can be read here: {(place == "" ? "it" : place)} should be {expected}, but is {shown}.");
    }
}
