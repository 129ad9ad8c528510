using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks;

/// <summary>
/// A Jupyter notebook, nbformat 4.5. Fields that are not known here and the order of all fields are kept; text is written as
/// Jupyter writes it.
/// </summary>
public sealed class Notebook
{
    private readonly List<NotebookCell> _cells;

    internal Notebook(JsonObject node, List<NotebookCell> cells)
    {
        Node = node;
        _cells = cells;
    }

    /// <summary>The notebook's JSON.</summary>
    public JsonObject Node { get; }

    /// <summary>The cells, in their order.</summary>
    public IReadOnlyList<NotebookCell> Cells => _cells;

    /// <summary>An empty notebook whose metadata names the C# kernel, <c>.net-csharp</c>.</summary>
    public static Notebook Create() => new(NotebookReader.Empty(), []);

    /// <summary>Reads a notebook from a file.</summary>
    /// <exception cref="NotebookException">The file is not a notebook of nbformat 4.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Notebook Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a notebook from text.</summary>
    /// <param name="text">The notebook's JSON.</param>
    /// <param name="name">What to call the notebook in messages, usually its path.</param>
    /// <exception cref="NotebookException">The text is not a notebook of nbformat 4.</exception>
    public static Notebook Parse(string text, string name)
    {
        try
        {
            return new NotebookReader(name).Read(JsonNode.Parse(text));
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            var place = error is JsonException { LineNumber: { } line } ? $" line {line + 1}:" : "";
            throw new NotebookException($"{name}:{place} not JSON, so not a notebook. {error.Message}", error);
        }
    }

    /// <summary>Adds a cell.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="source">Its text.</param>
    /// <param name="index">Where it goes; the end by default.</param>
    /// <param name="tags">Its tags.</param>
    public NotebookCell Add(CellKind kind, string source, int? index = null, params string[] tags)
    {
        var at = index ?? _cells.Count;
        var node = new JsonObject { ["cell_type"] = kind.ToString().ToLowerInvariant() };
        if (kind == CellKind.Code) node["execution_count"] = null;
        node["id"] = CellIds.Next(_cells.Select(cell => cell.Id), source);
        var metadata = new JsonObject();
        if (tags.Length > 0) metadata["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
        node["metadata"] = metadata;
        if (kind == CellKind.Code) node["outputs"] = new JsonArray();
        node["source"] = NotebookJson.Lines(source);
        ((JsonArray)Node["cells"]!).Insert(at, node);
        _cells.Insert(at, new NotebookCell(node, kind));
        return _cells[at];
    }

    /// <summary>Takes a cell out.</summary>
    public void Remove(NotebookCell cell)
    {
        ((JsonArray)Node["cells"]!).Remove(cell.Node);
        _cells.Remove(cell);
    }

    /// <summary>The notebook as text: JSON indented by one space, ending in a newline.</summary>
    public string ToJson() => NotebookJson.Write(Node);

    /// <summary>Writes the notebook to a file, all of it or, on failure, nothing.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, ToJson());
}
