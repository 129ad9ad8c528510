using PeftLabs.Cli;
using PeftLabs.Notebooks;

namespace PeftLabs.Tests.Cli;

public sealed class KeptOutputsTests
{
    private static Notebook With(params int?[] counts)
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Markdown, "# Text between does not count");
        foreach (var count in counts)
            notebook.Add(CellKind.Code, "1 + 1").ExecutionCount = count;
        return notebook;
    }

    [Fact]
    public void Clean_run_has_no_problems() => Assert.Empty(KeptOutputs.Problems(With(1, 2, 3)));

    [Theory]
    [InlineData("cell 3 is numbered 3 where a clean run gives 2.", 1, 3)]
    [InlineData("cell 3 is numbered nothing (never run) where a clean run gives 2.", 1, null)]
    [InlineData("there is no code cell.")]
    public void Number_out_of_order_is_told(string expected, params int?[] counts) =>
        Assert.Equal(expected, Assert.Single(KeptOutputs.Problems(With(counts))));

    [Fact]
    public void Kept_error_is_told()
    {
        var notebook = With(1);
        notebook.Cells[1].Outputs.Add(new System.Text.Json.Nodes.JsonObject { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "why" });

        Assert.Equal("cell 2 keeps an error: E: why", Assert.Single(KeptOutputs.Problems(notebook)));
    }

    [Fact]
    public void Test_parameters_become_arguments()
    {
        var notebook = With(1);
        notebook.Node["metadata"]!["peftlabs"] =
            System.Text.Json.Nodes.JsonNode.Parse("""{"test_parameters": {"steps": 2, "model": "a b", "rate": 1e-4, "fast": true}}""");

        Assert.Equal(["-p", "steps=2", "-p", "model=a b", "-p", "rate=1e-4", "-p", "fast=true"], TestParameters.Arguments(notebook));
    }

    [Theory]
    [InlineData("{}", "has no object peftlabs.test_parameters")]
    [InlineData("""{"test_parameters": {"steps": [1]}}""", "steps is [1]")]
    public void Missing_or_wrong_test_parameters_are_told(string json, string expected)
    {
        var notebook = With(1);
        notebook.Node["metadata"]!["peftlabs"] = System.Text.Json.Nodes.JsonNode.Parse(json);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => TestParameters.Arguments(notebook)).Message);
    }
}
