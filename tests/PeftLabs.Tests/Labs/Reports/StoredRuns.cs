using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Reports;

/// <summary>A folder of runs that nobody trained: every number in them is chosen.</summary>
public sealed class StoredRuns : IDisposable
{
    public const long Mib = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public RunCatalog Catalog => new(Path);

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes a run and reads it back.</summary>
    public StoredRun Add(RunRecord record, params double[] losses)
    {
        var folder = Directory.CreateDirectory(_folder[record.Id]).FullName;
        File.WriteAllText(System.IO.Path.Combine(folder, RunRecord.FileName), JsonSerializer.Serialize(record with { Steps = losses.Length }, RunJson.Indented));
        File.WriteAllText(System.IO.Path.Combine(folder, RunRecord.StepsFileName),
            string.Concat(losses.Select((loss, i) => JsonSerializer.Serialize(Step(i + 1, loss), RunJson.Line) + "\n")));
        return StoredRun.Load(folder);
    }

    private static StepRecord Step(long number, double loss) => new(number, loss, 1e-3, 0.5, 100, 0.25, 5 * Mib, 30 * Mib, 60 * Mib);

    /// <summary>A run that ended, as an older kit would have left it: without any prediction.</summary>
    public static RunRecord Record(string name = "LoRA r=8", string id = "20260301-141530-00000001") => new()
    {
        Format = 1,
        Id = id,
        Name = name,
        Options = JsonNode.Parse("""{"lora": {"r": 8, "use_dora": false}, "model": {"shape": "smollm2-135m"}, "data": {"kind": "Text"}, "training": {"learning_rate": 0.002, "schedule": "Cosine"}}"""),
        Seed = 42,
        ModelHash = new string('a', 64),
        Versions = new("0.1.0", new string('c', 40), false, "10.0.1", "2.10"),
        Machine = new("Debian", "X64", "a processor", 2, 8L << 30, [], "OpenBLAS"),
        Started = new(2026, 3, 1, 14, 15, 30, TimeSpan.Zero),
        Ended = new DateTimeOffset(2026, 3, 1, 14, 16, 0, TimeSpan.Zero),
        Steps = 0,
        Memory = Memory(weights: 20 * Mib, activations: 10 * Mib),
    };

    /// <summary>The same with all that a run can have.</summary>
    public static RunRecord Whole(string name = "LoRA r=8", string id = "20260301-141530-00000001") => Record(name, id) with
    {
        Predicted = [Predict(MemoryStage.Load, 20 * Mib, 0), Predict(MemoryStage.Forward, 20 * Mib, 10 * Mib - 300 * 1024)],
        PredictedSecondsPerStep = 0.2,
        SecondsPerStep = 0.25,
        TrainedHash = new string('d', 64),
        Evaluations = [new("held-out loss", "nats a token", 3, 2.4)],
        Samples = [new("Once upon", " a noise", " a time")],
    };

    public static MemoryReport Memory(long weights, long activations) => new(
        [Stage(MemoryStage.Load, weights, 0), Stage(MemoryStage.Forward, weights, activations)], weights + activations, MemoryStage.Forward, weights,
        100 * Mib, 120 * Mib, [new(0, 0, MemoryStage.Load), new(0.5, weights, MemoryStage.Load), new(1, weights + activations, MemoryStage.Forward)]);

    private static StageMemory Stage(MemoryStage stage, long weights, long activations)
    {
        var categories = Enum.GetValues<MemoryCategory>().ToDictionary(c => c, c => c switch
        {
            MemoryCategory.Weights => weights,
            MemoryCategory.Activations => activations,
            _ => 0,
        });
        return new(stage, weights + activations, weights + activations, categories, categories);
    }

    private static StagePrediction Predict(MemoryStage stage, long weights, long activations)
    {
        MemoryTerm[] terms = [new("blocks", "4·n·h²", MemoryCategory.Weights, weights), new("inputs", "4·n·h", MemoryCategory.Activations, activations)];
        return new(stage, terms, terms);
    }
}
