namespace PeftLabs.Tests.Cli;

public sealed class LabGateTests : IDisposable
{
    private readonly LabScript _lab = new();

    public void Dispose() => _lab.Dispose();

    private static string LastLine(LabResult result) => result.Output.TrimEnd('\n').Split('\n')[^1];

    [Fact]
    public void Counts_build_format_and_tests()
    {
        var result = _lab.Run(["test"]);

        Assert.Equal(("6 passed, 0 failed, 1 skipped", 0), (LastLine(result), result.Code));
    }

    [Fact]
    public void Counts_every_notebook_and_names_the_failing_one()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_lab.Root, "notebooks")).FullName;
        File.WriteAllText(Path.Combine(folder, "00 a.ipynb"), "");
        File.WriteAllText(Path.Combine(folder, "01 b.ipynb"), "");
        var dotnet = Path.Combine(_lab.Root, "..", "bin", "dotnet");
        File.WriteAllText(dotnet, File.ReadAllText(dotnet).Replace("case $1 in", "case $* in *check*01*) echo 'cell 3'; exit 1 ;; esac\ncase $1 in"));

        var result = _lab.Run(["test"]);

        Assert.Equal(("7 passed, 1 failed, 1 skipped", 1), (LastLine(result), result.Code));
        Assert.Contains("FAILED: notebooks/01 b.ipynb", result.Error);
        Assert.Contains("cell 3", result.Error);
    }

    [Fact]
    public void Fast_leaves_out_slow_tests_format_and_notebooks()
    {
        var result = _lab.Run(["test", "--fast"]);

        Assert.Equal("5 passed, 0 failed, 1 skipped", LastLine(result));
        Assert.Equal(0, _lab.Count("dotnet format"));
        Assert.Contains(_lab.Calls, call => call.EndsWith("PeftLabs.Tests.dll -noColor -trait- Speed=Slow", StringComparison.Ordinal));
    }

    [Fact]
    public void Filter_and_rest_reach_the_runner()
    {
        _lab.Run(["test", "--filter", "Rotary", "--", "-showLiveOutput"]);

        Assert.Contains(_lab.Calls, call => call.EndsWith("-noColor -method *Rotary* -showLiveOutput", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Total: 9, Errors: 0, Failed: 2, Skipped: 0, Not Run: 3, Time: 1s", 1, "6 passed, 2 failed")]
    [InlineData("Total: 9, Errors: 1, Failed: 0, Skipped: 0, Not Run: 0, Time: 1s", 1, "11 passed, 1 failed")]
    [InlineData("", 139, "2 passed, 1 failed")]
    [InlineData("Total: 0", 0, "2 passed, 1 failed")]
    [InlineData("Total: 9, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1s", 134, "11 passed, 1 failed")]
    public void Failing_dying_and_empty_test_runs_fail(string summary, int code, string expected)
    {
        var result = _lab.Run(["test"], "STUB_TESTS=" + summary, $"STUB_TESTS_CODE={code}");

        Assert.Equal((expected, 1), (LastLine(result), result.Code));
    }

    [Fact]
    public void Wrong_format_fails()
    {
        var result = _lab.Run(["test"], "STUB_FORMAT=bad");

        Assert.Equal(("5 passed, 1 failed, 1 skipped", 1), (LastLine(result), result.Code));
    }

    [Fact]
    public void Failing_build_fails_the_gate_at_once()
    {
        var result = _lab.Run(["test"], "STUB_BUILD=a.cs(1,2): error CS1002: ; expected");

        Assert.Equal(("0 passed, 1 failed", 1), (LastLine(result), result.Code));
        Assert.Contains("error CS1002", result.Error);
    }
}
