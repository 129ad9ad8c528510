using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Cli.Commands;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public class MergeCommandTests
{
    [Theory]
    [InlineData("original", 0, 1e-9)]
    [InlineData("dequantized", 0, 1e-9)]
    [InlineData("4bit", 1e-9, 0.1)]
    public async Task It_merges_and_reports_as_json(string into, double least, double most)
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = await RunAsync([Shared.Fixture("models", "llama"), Shared.Fixture("adapters", "lora"), folder["merged"],
            "--into", into, "--json", "--sample", "32"]);
        Assert.True(code == ExitCode.Done, error);
        var report = JsonNode.Parse(output.TrimEnd().Split('\n')[^1])!;
        Assert.Equal(into, (string)report["into"]!);
        Assert.Equal(31, (int)report["sample_tokens"]!);
        Assert.Equal(4, (int)report["modules"]!);
        Assert.InRange((double)report["mean_kl"]!, least, most);
        Assert.Contains("100 %", error);
        using var model = CausalLM.Load(folder["merged"]);
    }

    [Fact]
    public async Task A_taken_folder_is_one_line_of_error()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine"], "");
        var (code, _, error) = await RunAsync([Shared.Fixture("models", "llama"), Shared.Fixture("adapters", "lora"), folder.Path, "--sample", "0"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("error: ", error);
        Assert.Contains("holds 'mine'", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var (output, error, console) = (new StringWriter(), new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            return (await Launcher.RunAsync(["merge", .. arguments], error, AllCommands.Create()), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
