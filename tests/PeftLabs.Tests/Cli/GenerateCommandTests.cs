using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public class GenerateCommandTests
{
    private static string Model => Shared.Fixture("models", "stories260K");

    [Fact]
    public async Task It_writes_the_text_alone_and_what_it_took_apart()
    {
        var story = JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", "stories260K", "expected.json")))!["greedy"]![0]!;
        var (prompt, tokens) = ((string)story["prompt"]!, story["ids"]!.AsArray().Count - story["prompt_ids"]!.AsArray().Count);
        var run = await CommandRun.RunAsync(prompt + "\n", "generate", Model, "--max-new-tokens", $"{tokens}");
        Assert.Equal((ExitCode.Done, (string)story["text"]! + "\n"), (run.Code, prompt + run.Output));
        Assert.StartsWith($"{tokens} tokens, ended by --max-new-tokens", run.Error);
    }

    [Fact]
    public async Task Several_prompts_come_as_json_lines_in_whatever_order_they_end()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["prompts"], "Once upon a time\n\nLily and Ben\r\n");
        var run = await CommandRun.RunAsync("", "generate", Model, "--file", folder["prompts"], "--lines", "--json", "--stop", ".",
            "--temperature", "0.7", "--top-p", "0.9", "--seed", "4", "--cache", "int8", "--format", "nf4-dq");
        var lines = run.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).OrderBy(line => (int)line["index"]!).ToList();
        Assert.Equal(["Once upon a time", "Lily and Ben"], lines.Select(line => (string)line["prompt"]!));
        Assert.All(lines, line => Assert.Equal("stop_string", (string)line["reason"]!));
        Assert.All(lines, line => Assert.DoesNotContain('.', (string)line["text"]!));
    }

    [Fact]
    public async Task An_adapter_is_worn()
    {
        using var folder = new TemporaryFolder();
        Copy(Shared.Fixture("models", "llama"), folder.Path);
        Copy(Shared.Fixture("tokenizers", "smollm"), folder.Path);
        string[] arguments = ["generate", folder.Path, "--prompt", "1", "--max-new-tokens", "8", "--json"];
        var bare = await CommandRun.RunAsync("", arguments);
        var worn = await CommandRun.RunAsync("", [.. arguments, "--adapter", Shared.Fixture("adapters", "lora")]);
        Assert.True(bare.Code == ExitCode.Done && worn.Code == ExitCode.Done, bare.Error + worn.Error);
        Assert.NotEqual(JsonNode.Parse(bare.Output)!["tokens"]!.ToJsonString(), JsonNode.Parse(worn.Output)!["tokens"]!.ToJsonString());
    }

    [Theory]
    [InlineData("TopK is -1", "--top-k", "-1")]
    [InlineData("float32, bfloat16 or int8", "--cache", "fp8")]
    [InlineData("no weight format 'int3'", "--format", "int3")]
    [InlineData("either --prompt or --file", "--file", "x")]
    public async Task Wrong_options_are_one_line_of_error(string message, params string[] options)
    {
        var run = await CommandRun.RunAsync("", ["generate", Model, "--prompt", "a", .. options]);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains(message, Assert.Single(run.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task Generation_is_measured()
    {
        var run = await CommandRun.RunAsync("", "bench", "generate", "--model", Model, "--format", "bfloat16", "--cache", "bfloat16",
            "--tokens", "5", "--prompt", "6", "--batch", "2", "--json");
        var measured = JsonNode.Parse(run.Output)!;
        Assert.Equal(2 * 2 * 5 * 4 * 128 * 8 * 2, (long)measured["cache_bytes"]!);
        string[] positive = ["decode_tokens_per_second", "fastest_tokens_per_second", "prefill_tokens_per_second", "cpu_seconds_per_token"];
        Assert.All(positive, name => Assert.True((double)measured[name]! > 0, name));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }


    [Fact]
    public async Task The_kit_s_own_model_is_known_by_its_name()
    {
        var run = await CommandRun.RunAsync("", "generate", PeftLabs.Labs.LabModel.Name, "--prompt", "Once upon a", "--max-new-tokens", "1");
        Assert.Equal((ExitCode.Done, "Once upon a time\n"), (run.Code, "Once upon a" + run.Output));
        var merged = await CommandRun.RunAsync("", "merge", PeftLabs.Labs.LabModel.Name, "no-adapter", "nowhere", "--sample", "0");
        Assert.Contains("There is no folder 'no-adapter'", merged.Error);
    }
}
