using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks;

/// <summary>A cell of a <see cref="Notebook"/>: a view of its JSON, which keeps every field that this class does not know.</summary>
public sealed class NotebookCell
{
    internal NotebookCell(JsonObject node, CellKind kind)
    {
        Node = node;
        Kind = kind;
    }

    /// <summary>What the cell holds.</summary>
    public CellKind Kind { get; }

    /// <summary>The cell's JSON. Changes to it are changes to the notebook.</summary>
    public JsonObject Node { get; }

    /// <summary>The cell's id, unique in its notebook.</summary>
    public string Id => NotebookJson.Text(Node["id"])!;

    /// <summary>The cell's text; lines end in \n.</summary>
    public string Source
    {
        get => NotebookJson.Text(Node["source"])!;
        set => Node["source"] = NotebookJson.Lines(value);
    }

    /// <summary>The cell's tags.</summary>
    public IReadOnlyList<string> Tags =>
        Node["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(NotebookJson.Text).OfType<string>()] : [];

    /// <summary>The outputs of a code cell, as nbformat objects; a cell of another kind has none.</summary>
    public JsonArray Outputs => Node["outputs"] as JsonArray ?? [];

    /// <summary>The number that a code cell carries once it has run.</summary>
    public int? ExecutionCount
    {
        get => (int?)Node["execution_count"];
        set => Node["execution_count"] = value;
    }

    /// <summary>Forgets what a code cell has put out. Does nothing for a cell of another kind.</summary>
    public void ClearOutputs()
    {
        if (Kind != CellKind.Code) return;
        ExecutionCount = null;
        Node["outputs"] = new JsonArray();
    }
}
