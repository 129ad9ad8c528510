using PeftLabs.Cli;
using PeftLabs.Labs;
using PeftLabs.Plotting;
using PeftLabs.Tests.Labs.Reports;

namespace PeftLabs.Tests.Cli;

[Collection("Process")]
public sealed class ReportCommandTests : IDisposable
{
    private readonly StoredRuns _runs = new();

    public ReportCommandTests()
    {
        Assert.SkipWhen(PlotlyLibrary.TryFind() is null, "plotly.js is not set up");
        _runs.Add(StoredRuns.Whole(), 3, 2.5);
        _runs.Add(StoredRuns.Whole("QLoRA", "20260302-141530-00000002"), 3, 2.4);
    }

    public void Dispose() => _runs.Dispose();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Lab.RunAsync(["report", .. arguments, "--runs", _runs.Path]);

    [Fact]
    public async Task One_run_goes_to_a_page_in_its_folder()
    {
        var (code, output, error) = await RunAsync("latest", "--no-images");
        var page = Path.Combine(_runs["20260302-141530-00000002"], "report.html");
        Assert.Equal((ExitCode.Done, page + "\n", ""), (code, output, error));
        Assert.Contains("<h1>QLoRA</h1>", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Several_runs_are_compared_in_the_order_given()
    {
        var (code, output, _) = await RunAsync("00000002", "20260301", "--no-images", "-o", _runs["new/page.html"], "--title", "Two <runs>");
        Assert.Equal((ExitCode.Done, _runs["new/page.html"] + "\n"), (code, output));
        var html = await File.ReadAllTextAsync(_runs["new/page.html"], TestContext.Current.CancellationToken);
        Assert.Contains("<title>Two &lt;runs&gt;</title>", html);
        Assert.Contains("Each is compared with the first, QLoRA.", html);
    }

    [Fact]
    public async Task A_damaged_record_is_one_line_that_names_file_and_place_and_nothing_is_written()
    {
        await File.WriteAllTextAsync(Path.Combine(_runs["20260301-141530-00000001"], RunRecord.FileName), "{\n\"format\": \"one\"}", TestContext.Current.CancellationToken);
        var (code, output, error) = await RunAsync("20260301", "--no-images", "-o", _runs["page.html"]);
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.Matches("^error: .*run\\.json, line 2: .*\n$", error);
        Assert.False(File.Exists(_runs["page.html"]));
    }

    [Fact]
    public async Task Pictures_that_cannot_be_drawn_are_3_and_the_message_says_what_to_install()
    {
        var before = Environment.GetEnvironmentVariable("CHROMIUM");
        try
        {
            Environment.SetEnvironmentVariable("CHROMIUM", _runs["no-browser"]);
            var (code, output, error) = await RunAsync("latest", "-o", _runs["page.html"], "--png", _runs["png"]);
            Assert.Equal((ExitCode.Missing, _runs["page.html"] + "\n"), (code, output));
            Assert.Contains("./lab setup --images", error);
            Assert.True(File.Exists(_runs["page.html"]));
            Assert.False(Directory.Exists(_runs["png"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("CHROMIUM", before);
        }
    }

    [Fact]
    public async Task No_run_is_a_wrong_command_line() => Assert.Equal(ExitCode.Usage, (await RunAsync()).Code);

    [Fact, Trait("Speed", "Slow")]
    public async Task Drawn_figures_are_files_that_name_their_runs_and_pictures_in_the_page()
    {
        Assert.SkipWhen(FigureRenderer.Missing is not null, FigureRenderer.Missing ?? "");
        var (code, output, error) = await RunAsync("latest", "-o", _runs["page.html"], "--png", _runs["png"]);
        Assert.True(code == ExitCode.Done, error);
        string[] files = [.. new[] { "loss", "optimization", "stages", "timeline" }.Select(name => _runs[$"png/{name}.png"])];
        Assert.Equal([_runs["page.html"], .. files], output.TrimEnd().Split('\n'));
        Assert.All(files, file => Assert.Equal(["20260302-141530-00000002"], Assert.Single(FigureFiles.Read(file)).Runs));
        Assert.Equal(4, FigureFiles.Read(_runs["page.html"]).Count);
        Assert.Contains("<noscript><img src=\"data:image/png;base64,", await File.ReadAllTextAsync(_runs["page.html"], TestContext.Current.CancellationToken));
    }
}
