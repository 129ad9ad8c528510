using System.Text.Json.Nodes;
using PeftLabs.Labs.Reports;

namespace PeftLabs.Tests.Labs.Reports;

public sealed class RunTableTests : IDisposable
{
    private readonly StoredRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Runs_are_lines_and_what_is_not_known_is_blank()
    {
        _runs.Add(StoredRuns.Whole(), 3, 2.5);
        var old = StoredRuns.Record("a name with\ncontrol \u001b[31m characters, and longer than a column", "20260302-000000-00000002");
        _runs.Add(old with { Ended = null, Memory = null, Options = null, Versions = old.Versions with { Modified = true } });
        Directory.CreateDirectory(_runs["20260303-000000-00000003"]);
        Assert.Equal($"""
            id                        name                              began (UTC)       model         method  steps    loss      peak  s/step  predicted off
            ------------------------  --------------------------------  ----------------  ------------  ------  -----  ------  --------  ------  -------------
            20260303-000000-00000003  damaged                                                                                                                   '{_runs["20260303-000000-00000003"]}' is no folder of a run: there is no run.json in it.
            20260302-000000-00000002  a name with control  [31m chara…  2026-03-01 14:15                            0                                           unfinished, dirty
            20260301-141530-00000001  LoRA r=8                          2026-03-01 14:15  smollm2-135m  lora        2  2.5000  30.0 MiB   0.250        -0.98 %
            """, RunTable.Text([.. _runs.Catalog.List()]));
    }

    [Fact]
    public void A_run_is_laid_beside_the_older_one_that_it_repeats()
    {
        _runs.Add(StoredRuns.Whole(), 3);
        _runs.Add(StoredRuns.Whole(id: "20260302-000000-00000002"), 3);
        _runs.Add(StoredRuns.Whole(id: "20260303-000000-00000003") with { TrainedHash = new string('e', 64) }, 3);
        _runs.Add(StoredRuns.Whole(id: "20260304-000000-00000004") with { Seed = 43 }, 3);
        Assert.Equal(["-0.98 %", "-0.98 %  differs from 20260302-000000-00000002", "-0.98 %  matches 20260301-141530-00000001", "-0.98 %"],
            RunTable.Text([.. _runs.Catalog.List()]).Split('\n').Skip(2).Select(line => line[line.IndexOf("-0.98", StringComparison.Ordinal)..]));
    }

    [Fact]
    public void Json_has_units_in_its_names_and_null_for_what_is_not_known()
    {
        _runs.Add(StoredRuns.Whole(), 3, 2.5);
        var line = JsonNode.Parse(RunTable.Json(_runs.Catalog.Read("20260301-141530-00000001")))!;
        Assert.Equal(("20260301-141530-00000001", "lora", 2, 2.5, 31_457_280L, 31_150_080L),
            ((string)line["id"]!, (string)line["method"]!, (int)line["steps"]!, (double)line["last_loss"]!, (long)line["peak_bytes"]!, (long)line["predicted_peak_bytes"]!));
        _runs.Add(StoredRuns.Record(id: "20260302-000000-00000002"), 3, double.NaN);
        line = JsonNode.Parse(RunTable.Json(_runs.Catalog.Read("20260302-000000-00000002")))!;
        Assert.Null(line["last_loss"]);
        Assert.Null(line["predicted_peak_bytes"]);
        Directory.CreateDirectory(_runs["20260303-000000-00000003"]);
        Assert.Contains("no run.json", (string)JsonNode.Parse(RunTable.Json(_runs.Catalog.Read("20260303-000000-00000003")))!["damage"]!);
    }
}
