using System.Text.RegularExpressions;
using PeftLabs.Memory;

using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>What must hold in a run's files beyond their form.</summary>
internal static partial class RunRecordCheck
{
    internal static void Check(RunRecord record, string path)
    {
        if (record.Format != 1)
            throw Wrong(path, "format", $"is {record.Format}; this version reads format 1");
        if (!Id().IsMatch(record.Id))
            throw Wrong(path, "id", $"is '{record.Id}'; it must look like 20260301-141530-9f86d081");
        if (record.Ended < record.Started)
            throw Wrong(path, "ended", $"({record.Ended:O}) is before started ({record.Started:O})");
        if (record.Steps < 0)
            throw Wrong(path, "steps", $"is {record.Steps}; it cannot be below 0");
        foreach (var stage in record.Memory?.Stages ?? [])
            Check(stage, path);
    }

    internal static List<StepRecord> Steps(string text, string path)
    {
        var lines = text.Split('\n');
        var steps = new List<StepRecord>();
        // What follows the last line feed is a line that was not finished, or nothing.
        for (var i = 0; i < lines.Length - 1; i++)
        {
            var step = RunJson.Read<StepRecord>(lines[i], path, i + 1);
            if (steps.Count > 0 && step.Step <= steps[^1].Step)
                throw new InvalidDataException(
                    $"{path}, line {i + 1}: step {step.Step} follows step {steps[^1].Step}; steps must count upwards.");
            steps.Add(step);
        }
        return steps;
    }

    private static void Check(StageMemory stage, string path)
    {
        CheckSum(stage.EndCategories, stage.EndBytes, $"memory.stages.{stage.Stage}.end_categories", path);
        CheckSum(stage.PeakCategories, stage.PeakBytes, $"memory.stages.{stage.Stage}.peak_categories", path);
    }

    private static void CheckSum(IReadOnlyDictionary<MemoryCategory, long> categories, long bytes, string place, string path)
    {
        if (categories.Values.Sum() != bytes)
            throw Wrong(path, place, $"sum to {categories.Values.Sum()} bytes; their total is {bytes}");
    }

    private static InvalidDataException Wrong(string path, string place, string what) => new($"{path}: {place} {what}.");

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$")]
    private static partial Regex Id();
}
