using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Memory;

namespace PeftLabs.Tests.Labs.Reports;

public sealed class RunCatalogTests : IDisposable
{
    private const string Older = "20260301-141530-00000001", Newer = "20260302-141530-abcdef02";

    private readonly StoredRuns _runs = new();

    public RunCatalogTests()
    {
        _runs.Add(StoredRuns.Record("older", Older), 3);
        _runs.Add(StoredRuns.Record("newer", Newer), 3);
    }

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("latest", Newer)]
    [InlineData(Older, Older)]
    [InlineData("20260301", Older)]
    [InlineData("abcd", Newer)]
    [InlineData("ABCD", Newer)]
    public void A_run_is_found_by_what_is_enough_to_tell_it(string name, string id) => Assert.Equal(id, _runs.Catalog.Find(name).Id);

    [Fact]
    public void A_run_is_found_by_its_folder_wherever_it_lies()
    {
        using var elsewhere = new StoredRuns();
        Assert.Equal("older", elsewhere.Catalog.Find(_runs[Older]).Record.Name);
        Assert.Equal("older", elsewhere.Catalog.Find(_runs[Older] + "/").Record.Name);
    }

    [Fact]
    public void A_ladder_is_its_rungs_that_have_run()
    {
        var peak = new LadderStage(MemoryStage.Load, Enum.GetValues<MemoryCategory>().ToDictionary(category => category, _ => 1L));
        LadderEntry Rung(string key, string? run, string? error = null) => new() { Key = key, Name = key, Run = run, Error = error, Predicted = [peak] };
        var record = StoredRuns.Record();
        var ladder = new LadderReport
        {
            Format = 1,
            Model = "m",
            Batch = 1,
            Tokens = 2,
            Versions = record.Versions,
            Machine = record.Machine,
            Rungs = [Rung("full", Newer), Rung("lora", null, "out of memory"), Rung("qlora", Older)],
        };
        ladder.Save(_runs["ladders/m-1x2"]);
        List<string> said = [];
        Assert.Equal([Newer, Older], _runs.Catalog.FindAll(_runs["ladders/m-1x2"], said.Add).Select(run => run.Id));
        Assert.Equal(["The rung 'lora' has no run: out of memory."], said);
        Assert.Equal(2, _runs.Catalog.FindAll(_runs["ladders/m-1x2/ladder.json"]).Count);
        Assert.Equal([Older], _runs.Catalog.FindAll("20260301").Select(run => run.Id));
        (ladder with { Rungs = [Rung("lora", null)] }).Save(_runs["ladders/m-1x2"]);
        Assert.Contains("No rung of the ladder", Assert.Throws<ArgumentException>(() => _runs.Catalog.FindAll(_runs["ladders/m-1x2"])).Message);
    }

    [Theory]
    [InlineData("2026", "'2026' is the beginning of 2 runs: 20260302-141530-abcdef02, 20260301-141530-00000001")]
    [InlineData("2025", "There is no run '2025'")]
    [InlineData("", "There is no run ''")]
    [InlineData("../x", "There is no run '../x'")]
    public void What_tells_no_run_or_several_is_refused(string name, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => _runs.Catalog.Find(name)).Message);

    [Fact]
    public void An_empty_folder_and_a_missing_one_hold_no_runs()
    {
        using var empty = new StoredRuns();
        Assert.Empty(empty.Catalog.List());
        Assert.Empty(new RunCatalog(empty["nowhere"]).List());
        Assert.Contains("holds no runs", Assert.Throws<ArgumentException>(() => empty.Catalog.Find("latest")).Message);
    }

    [Fact]
    public void Runs_are_listed_newest_first_and_other_folders_are_not()
    {
        Directory.CreateDirectory(_runs["ladder"]);
        File.WriteAllText(_runs["20260303-000000-00000000"], "a file");
        Assert.Equal([Newer, Older], _runs.Catalog.List().Select(listed => listed.Id));
    }

    [Fact]
    public void Damaged_folders_are_listed_with_what_is_wrong()
    {
        File.WriteAllText(Path.Combine(_runs[Older], RunRecord.FileName), "{\n  \"format\": 1,\n  \"id\": 7\n}");
        Directory.CreateDirectory(_runs["20260303-000000-00000000"]);
        File.AppendAllText(Path.Combine(_runs[Newer], RunRecord.StepsFileName), "rubbish\n");
        var listed = _runs.Catalog.List().ToList();
        Assert.All(listed, run => Assert.Null(run.Run));
        Assert.Contains("there is no run.json", listed[0].Damage);
        Assert.Contains("steps.jsonl, line 2", listed[1].Damage);
        Assert.Contains("run.json, line 3", listed[2].Damage);
        Assert.Contains("run.json, line 3", Assert.Throws<InvalidDataException>(() => _runs.Catalog.Find(Older)).Message);
    }

    [Fact]
    public void What_is_known_of_a_run_comes_from_its_record_or_else_from_its_steps()
    {
        var whole = _runs.Add(StoredRuns.Whole(id: "20260304-000000-00000000"), 3, 2.5);
        Assert.Equal(("smollm2-135m", "lora", 2.5, 0.25), (whole.Model, whole.Method, whole.LastLoss!.Value, whole.SecondsPerStep!.Value));
        Assert.Equal(-0.9766, whole.PredictedOff!.Value, 4);
        var broken = _runs.Add(StoredRuns.Record(id: "20260305-000000-00000000") with { Ended = null, Memory = null }, 3);
        Assert.Equal((false, 30 * StoredRuns.Mib, 0.25), (broken.IsFinished, broken.PeakBytes!.Value, broken.SecondsPerStep!.Value));
        Assert.Null(broken.PredictedOff);
    }

    [Theory]
    [InlineData("""{"lora": null}""", "full")]
    [InlineData("""{"lora": {"use_dora": true}}""", "dora")]
    [InlineData("""{"lora": {}, "loading": {"projections": "nf4-dq"}}""", "qlora")]
    [InlineData("""{"lora": {}, "projections": "fp4"}""", "qlora")]
    [InlineData("""{"lora": {}, "loading": {"projections": "int8"}}""", "lora")]
    [InlineData("""{"rank": 8}""", null)]
    [InlineData("""[1]""", null)]
    public void The_method_is_read_from_the_options(string options, string? method) =>
        Assert.Equal(method, _runs.Add(StoredRuns.Record(id: "20260306-000000-00000000") with { Options = System.Text.Json.Nodes.JsonNode.Parse(options) }, 3).Method);
}
