using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Cli;

[Collection("Process")]
public sealed class DataCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peftlabs-data-");

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public async Task Files_of_a_task_are_written_and_told()
    {
        var (code, output, error) = await RunAsync("text-to-sql", "--train", "6", "--validation", "3", "--held-out", "2", "--seed", "5", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        var files = output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([6, 3, 2], files.Select(file => (int)file["examples"]!));
        Assert.Equal(Path.Combine(_folder.FullName, "text-to-sql", "held-out.jsonl"), (string)files[2]["path"]!);
        Assert.Equal(TaskFiles.Lines(LabTasks.Find("text-to-sql"), TaskSplit.Train, 6, 5), File.ReadLines((string)files[0]["path"]!));
        Assert.Equal(new FileInfo((string)files[1]["path"]!).Length, (long)files[1]["bytes"]!);
    }

    [Fact]
    public async Task Without_a_name_all_tasks_are_written()
    {
        var (code, output, _) = await RunAsync("--train", "1", "--validation", "1", "--held-out", "1");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(3 * LabTasks.All.Count, output.TrimEnd().Split('\n').Length);
        Assert.Equal(LabTasks.All.Select(task => task.Name).Order(), _folder.GetDirectories().Select(folder => folder.Name).Order());
    }

    [Theory]
    [InlineData("There is no task 'sql'", "sql")]
    [InlineData("Train is 0", "--train", "0")]
    public async Task What_cannot_be_is_a_line_and_writes_nothing(string expected, params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, Assert.Single(error.TrimEnd().Split('\n')));
        Assert.Empty(_folder.GetDirectories());
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Lab.RunAsync(["data", .. arguments, "--output", _folder.FullName]);
}
