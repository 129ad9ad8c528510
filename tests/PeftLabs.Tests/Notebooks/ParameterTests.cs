using PeftLabs.Notebooks;
using PeftLabs.Notebooks.Execution;

namespace PeftLabs.Tests.Notebooks;

public sealed class ParameterTests : IDisposable
{
    private const string Declarations =
        "int steps = 10, batch = 4;\ndouble rate = 1e-4;\nfloat f = 1;\nlong big = 1;\nbool fast = false;\nstring model = \"a\";\n"
        + "var alpha = -2.0;\nint? limit = null;\nint[] ranks = [4];\nSystem.Guid id = default;\nconst int fixedOne = 1;";

    private readonly RunnerHarness _lab = new();

    public void Dispose() => _lab.Dispose();

    private NotebookRunner Runner(params (string Name, string Value)[] values) =>
        new(_lab.NotebookPath, new RunOptions { Parameters = values.ToDictionary(item => item.Name, item => item.Value) });

    private void Write(string show)
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Code, Declarations, null, "parameters");
        notebook.Add(CellKind.Code, show);
        notebook.Save(_lab.NotebookPath);
    }

    [Theory]
    [InlineData("steps", "20", "steps + 1", "21")]
    [InlineData("batch", "-8", "batch", "-8")]
    [InlineData("rate", "2.5e-3", "rate", "0.0025")]
    [InlineData("f", "0.1", "f", "0.1")]
    [InlineData("big", "9000000000", "big", "9000000000")]
    [InlineData("fast", "True", "fast", "True")]
    [InlineData("model", "C:\\x \"y\"", "model", "C:\\x \"y\"")]
    [InlineData("alpha", "3", "alpha", "3")]
    [InlineData("limit", "7", "limit", "7")]
    [InlineData("limit", "null", "limit is null", "True")]
    [InlineData("ranks", "8, 16", "ranks.Sum()", "24")]
    public async Task Value_replaces_the_default_in_the_declared_type(string name, string value, string show, string shown)
    {
        Write(show);
        var result = await Runner((name, value)).RunAsync(RunnerHarness.Token);
        Assert.True(result.Succeeded, result.Failure?.ToString());
        Assert.Equal([$"execute_result: {shown}"], _lab.Outputs(2));
        Assert.Equal(["injected-parameters"], _lab.Written.Cells[1].Tags);
    }

    [Theory]
    [InlineData("stepz", "1", "has no parameter stepz; it has steps (int), batch (int), rate (double)")]
    [InlineData("steps", "1.5", "steps is declared as int, and \"1.5\" is not one")]
    [InlineData("steps", "1; Evil()", "is not one")]
    [InlineData("rate", "fast", "rate is declared as double")]
    [InlineData("fast", "yes", "fast is declared as bool")]
    [InlineData("id", "x", "only int, long, float, double, decimal, bool, string")]
    [InlineData("fixedOne", "2", "has no parameter fixedOne")]
    public void Unknown_name_or_unsuited_value_is_refused(string name, string value, string reason)
    {
        Write("1");
        Assert.Contains(reason, Assert.Throws<NotebookException>(() => Runner((name, value))).Message);
    }

    [Fact]
    public void Notebook_without_parameters_cell_takes_none()
    {
        _lab.Write("int steps = 1;");
        Assert.Contains("no cell tagged parameters", Assert.Throws<NotebookException>(() => Runner(("steps", "2"))).Message);
    }

    [Fact]
    public async Task Second_run_replaces_the_injected_cell_and_a_run_without_values_takes_it_out()
    {
        Write("steps");
        await Runner(("steps", "20")).RunAsync(RunnerHarness.Token);
        await Runner(("steps", "30")).RunAsync(RunnerHarness.Token);
        Assert.Equal(3, _lab.Written.Cells.Count);
        Assert.Equal(["execute_result: 30"], _lab.Outputs(2));
        await Runner().RunAsync(RunnerHarness.Token);
        Assert.Equal(2, _lab.Written.Cells.Count);
        Assert.Equal(["execute_result: 10"], _lab.Outputs(1));
    }
}
