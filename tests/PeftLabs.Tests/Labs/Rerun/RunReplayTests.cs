using System.Text.Json.Nodes;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Rerun;

[Collection("Memory")]
public sealed class RunReplayTests : IDisposable
{
    private readonly TinySpec _tiny = new();

    public void Dispose() => _tiny.Dispose();

    private string Recorded() => _tiny.Run(_tiny.Lora).Folder;

    private static void Edit(string folder, Action<JsonObject> edit)
    {
        var path = Path.Combine(folder, RunRecord.FileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private RunComparison Again(string folder) => RunReplay.Open(folder).Run(null, _tiny.Runs, TestContext.Current.CancellationToken);

    [Fact]
    public void A_run_is_run_again_from_its_record_alone_and_matches()
    {
        var replay = RunReplay.Open(Recorded());
        Assert.Empty(replay.Surroundings);
        var comparison = replay.Run(null, _tiny.Runs, TestContext.Current.CancellationToken);
        Assert.True(comparison.Matched);
        Assert.Equal(3, comparison.Steps);
        Assert.NotEqual(comparison.Run, comparison.Again);
        Assert.True(JsonNode.DeepEquals(replay.Record.Options, RunRecord.Load(Path.Combine(_tiny.Runs, comparison.Again)).Options));
    }

    [Fact]
    public void The_first_step_that_differs_is_named_with_both_losses()
    {
        var folder = Recorded();
        var path = Path.Combine(folder, RunRecord.StepsFileName);
        var lines = File.ReadAllLines(path);
        var step = JsonNode.Parse(lines[1])!.AsObject();
        // The next double: in print the same to fifteen digits.
        step["loss"] = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits((double)step["loss"]!) + 1);
        lines[1] = step.ToJsonString();
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        var comparison = Again(folder);
        Assert.False(comparison.Matched);
        Assert.Equal("loss of step 2", comparison.FirstDifference!.What);
        Assert.Equal(((double)step["loss"]!).ToString("R"), comparison.FirstDifference.Before);
        Assert.Null(comparison.TrainedHash);
    }

    [Fact]
    public void Other_trained_parameters_and_another_peak_do_not_match()
    {
        var folder = Recorded();
        Edit(folder, json => json["trained_hash"] = new string('0', 64));
        Assert.NotNull(Again(folder).TrainedHash);
        var other = Recorded();
        Edit(other, json => json["memory"]!["peak_bytes"] = 1);
        Assert.Equal("1 bytes", Again(other).PeakBytes!.Before);
    }

    [Fact]
    public void Other_software_data_and_machine_are_named()
    {
        var folder = Recorded();
        Edit(folder, json =>
        {
            json["data_hash"] = "ab";
            json["versions"]!["torch"] = "0.1";
            json["versions"]!["modified"] = SoftwareVersions.Current.Modified != true;
            json["machine"]!["cores"] = 999;
        });
        var differences = RunReplay.Open(folder).Surroundings;
        Assert.Equal(["data hash", "work tree", "libtorch", "cores"], differences.Select(d => d.What));
        Assert.Equal("cores: 999 then, " + Environment.ProcessorCount + " now", differences[^1].ToString());
    }

    [Fact]
    public void A_model_that_changed_or_is_gone_is_refused()
    {
        var folder = Recorded();
        File.AppendAllText(Path.Combine(_tiny.Model, "config.json"), " ");
        var error = Assert.Throws<InvalidDataException>(() => RunReplay.Open(folder));
        Assert.Contains("is another now: its hash was " + RunRecord.Load(folder).ModelHash, error.Message);
        Directory.Delete(_tiny.Model, recursive: true);
        Assert.Contains("is gone", Assert.Throws<FileNotFoundException>(() => RunReplay.Open(folder)).Message);
    }

    [Fact]
    public void A_run_without_an_end_or_without_a_spec_is_refused()
    {
        var folder = Recorded();
        Edit(folder, json => json["options"] = new JsonObject { ["rank"] = 8 });
        Assert.Contains("of an older version", Assert.Throws<InvalidDataException>(() => RunReplay.Open(folder)).Message);
        Edit(folder, json => json["ended"] = null);
        Assert.Contains("has no end", Assert.Throws<InvalidDataException>(() => RunReplay.Open(folder)).Message);
    }
}
