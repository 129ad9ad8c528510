using System.Text.Json.Nodes;
using PeftLabs.Notebooks;

namespace PeftLabs.Cli;

/// <summary>Whether a notebook's kept outputs are those of one run from a clean kernel.</summary>
public static class KeptOutputs
{
    /// <summary>What is wrong, a sentence each: a cell that was not run, a number out of order, an output that is an error.</summary>
    public static IReadOnlyList<string> Problems(Notebook notebook)
    {
        var problems = new List<string>();
        var expected = 0;
        for (var i = 0; i < notebook.Cells.Count; i++)
        {
            var cell = notebook.Cells[i];
            if (cell.Kind != CellKind.Code || string.IsNullOrWhiteSpace(cell.Source))
                continue;
            expected++;
            if (cell.ExecutionCount != expected)
                problems.Add($"cell {i + 1} is numbered {cell.ExecutionCount?.ToString() ?? "nothing (never run)"} where a clean run gives {expected}.");
            if (cell.Outputs.FirstOrDefault(IsError) is { } error)
                problems.Add($"cell {i + 1} keeps an error: {error["ename"]}: {error["evalue"]}");
        }
        if (expected == 0)
            problems.Add("there is no code cell.");
        return problems;
    }

    private static bool IsError(JsonNode? output) => (string?)output?["output_type"] == "error";
}
