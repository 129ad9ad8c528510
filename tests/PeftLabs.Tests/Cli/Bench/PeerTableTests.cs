using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Cli;
using PeftLabs.Cli.Bench;
using PeftLabs.Cli.Bench.Peers;
using PeftLabs.Cli.Commands;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Labs.Rerun;

namespace PeftLabs.Tests.Cli.Bench;

[Collection("Memory")]
public sealed class PeerTableTests : IDisposable
{
    // As a tool would write it; the numbers are made up.
    private const string Sample = """
        {"tool":"another 1.0","shape":"smollm2-135m","method":"lora","batch":4,"tokens":128,"seconds_per_step":10,"tokens_per_second":51.2,"loaded_bytes":524288000,"peak_bytes":2097152000}

        {"tool":"another 1.0","shape":"smollm2-135m","method":"qlora","batch":4,"tokens":128,"checkpointing":true,"seconds_per_step":16,"tokens_per_second":32,"loaded_bytes":209715200,"peak_bytes":838860800,"note":"ignored"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string text)
    {
        File.WriteAllText(_folder["peers.jsonl"], text);
        return _folder["peers.jsonl"];
    }

    private static PeerMeasurement Kit => new()
    {
        Tool = "PeftLabs",
        Shape = "smollm2-135m",
        Method = "lora",
        Batch = 4,
        Tokens = 128,
        SecondsPerStep = 2.5,
        TokensPerSecond = 204.8,
        LoadedBytes = 300 << 20,
        PeakBytes = 900 << 20,
        LoadedResidentBytes = 310 << 20,
        PeakResidentBytes = 1000 << 20,
    };

    [Fact]
    public void A_peer_is_laid_beside_its_row_with_ratios()
    {
        var peers = PeerFile.Read(Write(Sample)).Select(p => p.Measurement).ToList();
        var cells = PeerTable.Cells([(PeerRow.All[1], Kit), (PeerRow.All[2], Kit with { Method = "qlora" })], peers);
        Assert.Equal(3, cells.Count);
        Assert.Equal(["2", "PeftLabs", "smollm2-135m", "LoRA", "4×128", "2.50", "205", "300", "900", "310", "1000", "", ""], cells[0]);
        Assert.Equal(["2", "another 1.0", "smollm2-135m", "LoRA", "4×128", "10.00", "51", "", "", "500", "2000", "4.00", "0.50"], cells[1]);
        Assert.Equal("3", cells[2][0]);
        using var output = new StringWriter();
        PeerTable.Print([(PeerRow.All[1], Kit)], peers, output);
        Assert.Contains("another 1.0", output.ToString());
        var beside = JsonNode.Parse(PeerTable.JsonLine(PeerRow.All[1], Kit, peers))!["beside"]!.AsArray();
        Assert.Equal((4.0, 0.5), ((double)Assert.Single(beside)!["tokens_per_second_ratio"]!, (double)beside[0]!["peak_bytes_ratio"]!));
        Assert.Equal(Kit.ToJson(), PeerTable.JsonLine(PeerRow.All[0], Kit, peers));
        Assert.Equal(PeerTable.Headers(false).Count, Assert.Single(PeerTable.Cells([(PeerRow.All[1], Kit)], [])).Count);
    }

    [Fact]
    public void A_measurement_comes_back_from_its_line()
    {
        var (line, measurement) = Assert.Single(PeerFile.Read(Write(Kit.ToJson())));
        Assert.Equal((1, Kit), (line, measurement));
    }

    [Fact]
    public void Malformed_lines_are_named_by_their_numbers()
    {
        var lines = Sample.Split('\n');
        string[] bad =
        [
            lines[0], "{\"tool\":", lines[2].Replace("\"tokens\":128,", ""), lines[0].Replace("10,", "-10,"), lines[0].Replace("51.2", "\"fast\""),
        ];
        var error = Assert.Throws<InvalidDataException>(() => PeerFile.Read(Write(string.Join('\n', bad)))).Message;
        Assert.StartsWith(_folder["peers.jsonl"], error);
        Assert.DoesNotContain("line 1:", error);
        Assert.Contains("line 2: ", error);
        Assert.Matches("line 3: [^;]*tokens", error);
        Assert.Contains("line 4: seconds_per_step is -10; it must be above 0", error);
        Assert.Matches(@"line 5: [^;]*tokens_per_second", error);
        error = Assert.Throws<InvalidDataException>(() => PeerFile.Read(Write(string.Concat(Enumerable.Repeat("no json\n", 9))))).Message;
        Assert.EndsWith("and 4 lines more", error);
    }

    [Theory]
    [InlineData("1,3-4", new[] { 1, 3, 4 })]
    [InlineData("8, 2", new[] { 2, 8 })]
    public void Rows_are_chosen_by_numbers_and_ranges(string text, int[] numbers) =>
        Assert.Equal(numbers, PeerRow.Parse(text).Select(r => r.Number));

    [Theory, InlineData("0"), InlineData("9"), InlineData("3-1"), InlineData("a"), InlineData("1-2-3"), InlineData("")]
    public void Rows_that_are_none_are_refused(string text) =>
        Assert.Contains($"--rows is '{text}'", Assert.Throws<FormatException>(() => PeerRow.Parse(text)).Message);

    [Fact]
    public void A_row_is_measured_by_the_step_command_with_its_own_options()
    {
        Assert.Equal("bench step --json --shape smollm2-135m --method qlora --batch 4 --tokens 128 --steps 2 --checkpointing",
            string.Join(' ', PeerRow.All[3].Arguments(2)));
        Assert.DoesNotContain("--checkpointing", PeerRow.All[2].Arguments(2));
    }

    [Fact]
    public void The_kit_s_own_line_has_metered_and_resident_bytes()
    {
        using var tiny = new TinySpec();
        var measured = StepBenchmark.Run(new() { Model = tiny.Model, Method = "lora", Batch = 2, Tokens = 16, Steps = 1 },
            cancellation: TestContext.Current.CancellationToken);
        var line = PeerMeasurement.OfKit(JsonSerializer.Serialize(measured));
        Assert.Equal((measured.PeakBytes, measured.LoadedBytes, false, 16), (line.PeakBytes, line.LoadedBytes, line.Checkpointing, line.Tokens));
        Assert.Equal(measured.StepsPeakResidentBytes - measured.ResidentBytesBefore, line.PeakResidentBytes);
        Assert.InRange(measured.StepsPeakResidentBytes, measured.LoadedResidentBytes / 2, measured.PeakResidentBytes);
        Assert.Equal(line.PeakResidentBytes, line.ComparedPeakBytes);
    }

    [Theory]
    [InlineData("bench"), InlineData("bench", "table")]
    public async Task A_malformed_peer_ends_it_before_anything_is_measured(params string[] command)
    {
        var error = new StringWriter();
        var code = await Launcher.RunAsync([.. command, "--peer", Write("{}")], error, AllCommands.Create());
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("peers.jsonl, line 1:", error.ToString());
        Assert.DoesNotContain("[row", error.ToString());
    }

    [Fact]
    public async Task A_process_that_fails_says_why()
    {
        var result = await OwnProcess.RunAsync(["bench", "step", "--shape", "nothing-2b"], null, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains("nothing-2b", result.Failure);
        Assert.Contains("wants more memory than there is", new OwnProcess.Result(137, "", "step 3/4").Failure);
        Assert.Null(new OwnProcess.Result(0, "", "").Failure);
    }
}
