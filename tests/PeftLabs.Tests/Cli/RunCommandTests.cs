using PeftLabs.Cli.Commands;
using PeftLabs.Notebooks;
using PeftLabs.Plotting;
using PeftLabs.Tests.Notebooks;

namespace PeftLabs.Tests.Cli;

/// <summary>The command changes the current folder of the process, so its tests run alone.</summary>
[CollectionDefinition("Process", DisableParallelization = true)]
public sealed class ProcessCollection;

[Collection("Process")]
public sealed class RunCommandTests : IDisposable
{
    private readonly RunnerHarness _lab = new();
    private readonly string _before = Environment.CurrentDirectory;

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _lab.Dispose();
    }

    private int Run(params string[] arguments) => RunCommand.Create().Parse([_lab.NotebookPath, .. arguments]).Invoke();

    [Fact]
    public void All_cells_ran_is_0_and_files_beside_the_notebook_are_found()
    {
        _lab.Folder.File("data.txt", "hello");
        _lab.Write("System.IO.File.ReadAllText(\"data.txt\")");
        Assert.Equal(0, Run());
        Assert.Equal(["execute_result: hello"], _lab.Outputs(0));
    }

    [Fact]
    public void Failed_cell_is_1()
    {
        _lab.Write("throw new System.Exception(\"no\");");
        Assert.Equal(1, Run());
    }

    [Theory]
    [InlineData("-p", "steps=1")]
    [InlineData("-p", "steps")]
    [InlineData("--timeout", "-3")]
    [InlineData("-o", "no/such/folder/out.ipynb")]
    [InlineData("--html", "no/such/folder/out.html")]
    public void Wrong_usage_is_2_and_nothing_is_written(string option, string value)
    {
        _lab.Write("1");
        var before = File.ReadAllText(_lab.NotebookPath);
        Assert.Equal(2, Run(option, value));
        Assert.Equal(before, File.ReadAllText(_lab.NotebookPath));
    }

    [Fact]
    public void Missing_notebook_is_2() => Assert.Equal(2, Run());

    [Fact]
    public void Figure_gets_a_picture_and_html_that_needs_no_script()
    {
        Assert.SkipWhen(FigureRenderer.Missing is not null, FigureRenderer.Missing ?? "");
        WriteFigure();
        Assert.Equal(0, Run());
        var data = _lab.Written.Cells[1].Outputs[0]!["data"]!.AsObject();
        Assert.Equal(["application/vnd.plotly.v1+json", "image/png", "text/html", "text/plain"], data.Select(item => item.Key));
        Assert.StartsWith("iVBOR", (string)data["image/png"]!);
        Assert.DoesNotContain("<script", string.Concat(data["text/html"]!.AsArray()));
    }

    [Fact]
    public void Without_images_figures_stay_live_and_the_page_is_whole()
    {
        Assert.SkipWhen(PlotlyLibrary.TryFind() is null, "plotly.js is not set up");
        WriteFigure();
        var page = Path.Combine(_lab.Folder.Path, "lab.html");
        Assert.Equal(0, Run("--no-images", "--html", page));
        Assert.Null(_lab.Written.Cells[1].Outputs[0]!["data"]!["image/png"]);
        Assert.Contains("Plotly.newPlot", string.Concat(_lab.Written.Cells[1].Outputs[0]!["data"]!["text/html"]!.AsArray()));
        Assert.True(new FileInfo(page).Length > 1_000_000, "plotly.js is in the page");
    }

    private void WriteFigure() => _lab.Write(
        "#r \"PeftLabs.dll\"\nusing PeftLabs.Plotting;",
        "LossCurves.Create(\"Loss\", [new(\"run\", new double[] { 3, 2, 1 })])");
}
