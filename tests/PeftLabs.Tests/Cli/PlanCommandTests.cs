using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Cli.Commands;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public class PlanCommandTests
{
    [Fact]
    public async Task Json_is_one_object_with_the_answer_the_ladder_and_the_limits()
    {
        var (code, output, error) = await RunAsync("--model", "smollm2-135m", "--memory", "300MiB", "--batch", "4", "--tokens", "128", "--json");
        Assert.True(code == ExitCode.Done, error);
        var plan = JsonNode.Parse(output)!.AsObject();
        Assert.Single(output.TrimEnd().Split('\n'));
        Assert.True((bool)plan["fits"]!);
        Assert.Equal(300L << 20, (long)plan["budget_bytes"]!);
        Assert.InRange((long)plan["chosen"]!["peak_bytes"]!, 1, 300L << 20);
        Assert.StartsWith("./lab bench step --shape smollm2-135m --method ", (string)plan["chosen"]!["command"]!);
        Assert.Equal(["Load", "Forward", "Backward", "OptimizerStep"], plan["chosen"]!["stages"]!.AsObject().Select(s => s.Key));
        Assert.Equal(["full", "lora", "lora-bf16", "qlora"], plan["methods"]!.AsArray().Select(m => (string)m!["method"]!));
        Assert.Equal((long)plan["chosen"]!["peak_bytes"]!, (long)plan["ladder"]!.AsArray()[^1]!["peak_bytes"]!);
        Assert.True((long)plan["limits"]!["batch"]! >= 4);
        Assert.Equal(134_515_008, (long)plan["model"]!["parameters"]!);
    }

    [Fact]
    public async Task Text_has_the_command_the_methods_and_what_a_gpu_sets_aside()
    {
        var (code, output, error) = await RunAsync("--model", "meta-llama/Llama-3.1-70B", "--gpu", "L40S", "--batch", "1");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("./lab bench step --shape llama-3.1-70b --method qlora --batch 1 --tokens 1024 --device cuda --arithmetic bfloat16", output);
        Assert.Contains("512 MiB for the CUDA context", output);
        Assert.Contains("as the CPU's kernels make them", string.Join(' ', output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        Assert.All(output.Split('\n').Where(line => !line.Contains("./lab")), line => Assert.InRange(line.TrimEnd().Length, 0, 120));
    }

    [Fact]
    public async Task Where_nothing_fits_it_says_so_and_what_binds()
    {
        var (code, output, _) = await RunAsync("--model", "llama-3.1-405b", "--memory", "100MiB");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Nothing fits", output);
    }

    [Theory]
    [InlineData("'6 gigs' is not a size in bytes", "--memory", "6 gigs", "--model", "llama-2-7b")]
    [InlineData("Give the memory", "--model", "llama-2-7b")]
    [InlineData("nearest are llama-2-7b", "--model", "lama-2-7b", "--memory", "6GB")]
    [InlineData("The GPU 'RTX 9' is not in the catalogue", "--model", "llama-2-7b", "--gpu", "RTX 9")]
    [InlineData("it must be one of full, lora, lora-bf16, qlora", "--model", "llama-2-7b", "--memory", "6GB", "--method", "dora")]
    [InlineData("Batch is 0", "--model", "llama-2-7b", "--memory", "6GB", "--batch", "0")]
    [InlineData("BudgetBytes is 0", "--model", "llama-2-7b", "--memory", "0")]
    public async Task Wrong_values_are_one_line_that_says_what_is_right(string expected, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("6GiB", 6L << 30)]
    [InlineData("6GB", 6_000_000_000)]
    [InlineData("500MiB", 500L << 20)]
    [InlineData("700000000", 700_000_000)]
    public async Task Sizes_are_read_in_both_kinds_of_units(string memory, long bytes)
    {
        var (code, output, error) = await RunAsync("--model", "smollm2-135m", "--memory", memory, "--batch", "1", "--tokens", "64", "--json");
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(bytes, (long)JsonNode.Parse(output)!["budget_bytes"]!);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error, console) = (new StringWriter(), new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            return (await Launcher.RunAsync(["plan", .. arguments], error, AllCommands.Create()), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
