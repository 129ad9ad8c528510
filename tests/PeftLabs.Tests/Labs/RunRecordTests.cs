using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Tests.Formats;

using PeftLabs.Training;

namespace PeftLabs.Tests.Labs;

public sealed class RunRecordTests : IDisposable
{
    private readonly TemporaryFolder _runs = new();

    private static RunDescription Description => new()
    {
        Name = "lora-r16",
        Options = new JsonObject { ["rank"] = 16, ["alpha"] = 32.5 },
        Seed = 42,
        ModelPath = "models/tiny",
        ModelHash = "ab",
        DataHash = "cd",
    };

    private static MemoryReport Memory
    {
        get
        {
            var categories = Enum.GetValues<MemoryCategory>().ToDictionary(c => c, c => (long)c);
            return new([new(MemoryStage.Forward, 15, 15, categories, categories)], 15, MemoryStage.Forward, 3, 100, 200,
                [new(0.5, 15, MemoryStage.Forward)])
            { UnseenFrees = 1 };
        }
    }

    public void Dispose() => _runs.Dispose();

    private static StepRecord Step(long number) => new(number, 2.5, 1e-4, number == 1 ? null : 0.7, 512, 0.5, 100, 200, 300);

    private string Finished()
    {
        using var writer = RunWriter.Start(Description, _runs.Path);
        writer.Append(Step(1));
        writer.Append(Step(2));
        writer.Finish(Memory, new Dictionary<string, double> { ["train"] = 2.25, ["evaluation"] = double.NaN });
        return writer.Folder;
    }

    private static void Edit(string folder, string file, Func<string, string> edit)
    {
        var path = Path.Combine(folder, file);
        var (before, after) = (File.ReadAllText(path), edit(File.ReadAllText(path)));
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after);
    }

    [Fact]
    public void A_finished_run_reads_back_as_it_was_written()
    {
        var folder = Finished();
        var record = RunRecord.Load(folder);
        Assert.Equal(Path.GetFileName(folder), record.Id);
        Assert.Equal(("lora-r16", 42L, "models/tiny", "ab", "cd", 2L),
            (record.Name, record.Seed, record.ModelPath, record.ModelHash, record.DataHash, record.Steps));
        Assert.True(JsonNode.DeepEquals(Description.Options, record.Options));
        Assert.Equal(2.25, record.FinalLosses["train"]);
        Assert.True(double.IsNaN(record.FinalLosses["evaluation"]));
        Assert.InRange(record.Ended!.Value - record.Started, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal((15, 1), (record.Memory!.PeakBytes, record.Memory.UnseenFrees));
        Assert.Equal(15, record.Memory.Stages[0].PeakCategories.Values.Sum());
        Assert.Equal(SoftwareVersions.Current, record.Versions);
        Assert.Equal(MachineInfo.Current with { Gpus = [] }, record.Machine with { Gpus = [] });
        Assert.Equal([Step(1), Step(2)], RunRecord.LoadSteps(folder));
        Assert.Equal([RunRecord.FileName, RunRecord.StepsFileName], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Steps_are_one_line_of_json_each_with_units_in_their_names()
    {
        var lines = File.ReadAllLines(Path.Combine(Finished(), RunRecord.StepsFileName));
        Assert.Equal("""{"step":1,"loss":2.5,"learning_rate":0.0001,"gradient_norm":null,"tokens":512,"seconds":0.5,"""
            + """
            "bytes":100,"peak_bytes":200,"resident_bytes":300,"padding_tokens":0,"tokens_per_second":1024}
            """, lines[0]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public void A_run_that_is_broken_off_keeps_its_steps_and_has_no_end()
    {
        using var writer = RunWriter.Start(Description, _runs.Path);
        writer.Append(Step(1));
        Assert.Equal([Step(1)], RunRecord.LoadSteps(writer.Folder));
        writer.Append(Step(2));
        writer.Dispose();
        File.AppendAllText(Path.Combine(writer.Folder, RunRecord.StepsFileName), """{"step":3,"lo""");
        Assert.Null(RunRecord.Load(writer.Folder).Ended);
        Assert.Equal([Step(1), Step(2)], RunRecord.LoadSteps(writer.Folder));
        Assert.Throws<ObjectDisposedException>(() => writer.Append(Step(3)));
    }

    [Fact]
    public void Runs_of_the_same_description_have_folders_of_their_own()
    {
        using var one = RunWriter.Start(Description, _runs.Path);
        using var two = RunWriter.Start(Description, _runs.Path);
        Assert.NotEqual(one.Folder, two.Folder);
    }

    [Fact]
    public void Steps_that_do_not_count_upwards_and_a_second_end_are_refused()
    {
        using var writer = RunWriter.Start(Description, _runs.Path);
        Assert.Throws<ArgumentException>(() => writer.Append(Step(0)));
        writer.Append(Step(5));
        Assert.Contains("Step 5 follows step 5", Assert.Throws<ArgumentException>(() => writer.Append(Step(5))).Message);
        writer.Finish();
        Assert.Contains("was finished", Assert.Throws<InvalidOperationException>(() => writer.Finish()).Message);
        Assert.Throws<ArgumentException>(() => Description with { Name = " " });
    }

    [Fact]
    public void No_user_host_or_home_folder_is_recorded()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var description = Description with
        {
            ModelPath = Path.Combine(home, "models", "tiny"),
            Options = new JsonObject
            {
                ["data"] = "/home/somebody/data.jsonl",
                ["nested"] = new JsonArray("--out=/Users/somebody/out", Path.Combine(Directory.GetCurrentDirectory(), "data", "x")),
                ["kept"] = "/data/root/rooted, a/b",
            },
        };
        using var writer = RunWriter.Start(description, _runs.Path);
        var text = File.ReadAllText(Path.Combine(writer.Folder, RunRecord.FileName));
        Assert.DoesNotContain("somebody", text);
        Assert.DoesNotContain(Environment.MachineName, text);
        Assert.EndsWith("models/tiny", writer.Record.ModelPath);
        Assert.False(Path.IsPathRooted(writer.Record.ModelPath));
        Assert.Equal("""{"data":"~/data.jsonl","nested":["--out=~/out","data/x"],"kept":"/data/root/rooted, a/b"}""",
            writer.Record.Options!.ToJsonString());
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "format is 2; this version reads format 1")]
    [InlineData("\"id\": \"2", "\"id\": \"x", "must look like")]
    [InlineData("\"ended\": \"2", "\"ended\": \"1", "is before started")]
    [InlineData("\"steps\": 2", "\"steps\": -2", "steps is -2")]
    [InlineData("\"seed\": 42,", "", "seed")]
    [InlineData("\"name\": \"lora-r16\"", "\"name\": null", "name")]
    [InlineData("\"Gradients\": 2", "\"Gradients\": 3", "memory.stages.Forward.end_categories sum to 16 bytes; their total is 15")]
    public void A_damaged_record_is_refused_with_its_file_and_place(string found, string replaced, string message)
    {
        var folder = Finished();
        Edit(folder, RunRecord.FileName, text => text.Replace(found, replaced));
        var thrown = Assert.Throws<InvalidDataException>(() => RunRecord.Load(folder)).Message;
        Assert.Contains(RunRecord.FileName, thrown);
        Assert.Contains(message, thrown);
    }

    [Fact]
    public void A_value_of_the_wrong_kind_is_refused_with_its_line()
    {
        var folder = Finished();
        Edit(folder, RunRecord.FileName, text => text.Replace("\"seed\": 42", "\"seed\": \"many\""));
        var line = 1 + Array.FindIndex(File.ReadAllLines(Path.Combine(folder, RunRecord.FileName)), l => l.Contains("many"));
        Assert.Contains($"line {line}:", Assert.Throws<InvalidDataException>(() => RunRecord.Load(folder)).Message);
    }

    [Fact]
    public void Damaged_steps_are_refused_with_their_line()
    {
        var folder = Finished();
        Edit(folder, RunRecord.StepsFileName, text => text.Replace("\"step\":2", "\"step\":1"));
        Assert.Contains("line 2: step 1 follows step 1", Assert.Throws<InvalidDataException>(() => RunRecord.LoadSteps(folder)).Message);
        Edit(folder, RunRecord.StepsFileName, text => text.Replace("\"tokens\":512", "\"tokens\":many"));
        Assert.Contains("line 1:", Assert.Throws<InvalidDataException>(() => RunRecord.LoadSteps(folder)).Message);
    }

    [Fact]
    public void A_folder_without_a_run_is_named()
    {
        Assert.Contains(_runs.Path, Assert.Throws<FileNotFoundException>(() => RunRecord.Load(_runs.Path)).Message);
        Assert.Contains(_runs.Path, Assert.Throws<FileNotFoundException>(() => RunRecord.LoadSteps(_runs.Path)).Message);
    }
}
