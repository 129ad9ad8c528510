using System.Text.Json;
using PeftLabs.Adapters;
using PeftLabs.Formats;

namespace PeftLabs.Labs;

/// <summary>Puts evaluations into the record of the run that trained what was evaluated.</summary>
public static class EvaluationRecord
{
    /// <summary>
    /// Adds evaluations to a run's record; one of a name that is there takes its place. The file is written whole or not at all.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="evaluations">The evaluations.</param>
    /// <exception cref="FileNotFoundException">The folder holds no run.json.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="InvalidOperationException">The run has no end: it still runs and would write over this, or was broken off.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static RunRecord Add(string folder, IReadOnlyList<RunEvaluation> evaluations)
    {
        var record = RunRecord.Load(folder);
        if (record.Ended is null)
            throw new InvalidOperationException($"The run {record.Id} has no end: it still runs, or was broken off. Evaluations are added to a finished one.");
        var kept = (record.Evaluations ?? []).Where(old => evaluations.All(e => e.Name != old.Name));
        record = record with { Evaluations = [.. kept, .. evaluations] };
        AtomicFile.WriteText(Path.Combine(folder, RunRecord.FileName), JsonSerializer.Serialize(record, RunJson.Indented) + "\n");
        return record;
    }

    /// <summary>Refuses an adapter whose parameters are not those that a run ended with, where its record says which they were.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void CheckTrained(RunRecord record, LoraAdapter adapter)
    {
        if (record.TrainedHash is { } hash && hash != TrainedHash.Of(adapter.NamedParameters))
            throw new ArgumentException($"The adapter is not what the run {record.Id} trained: their parameters differ. "
                + "Its record may hold figures of its own adapter alone.", nameof(adapter));
    }
}
