using System.Diagnostics;
using System.Globalization;
using PeftLabs.Labs;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Ladder;

/// <summary>Runs a ladder rung after rung, each in a process of its own, and keeps what is known after every one.</summary>
/// <param name="folder">Where the ladder is kept.</param>
/// <param name="say">Told how far it is, a line at a time.</param>
public sealed class LadderClimb(string folder, Action<string> say)
{
    // Loading and starting take time too, whatever a step does.
    private const double SecondsBesideSteps = 5;

    /// <summary>How a rung is run: gives the folder of its record, or throws <see cref="RunFailedException"/>.</summary>
    public Func<RunSpec, Action<string>, CancellationToken, Task<string>> RunRung { get; init; } = RungProcess.RunAsync;

    /// <summary>Where records are.</summary>
    public string Runs { get; init; } = LabPaths.Runs;

    /// <summary>Runs the rungs that have no record yet. A rung that fails is noted, and the rest goes on.</summary>
    /// <param name="rungs">The rungs.</param>
    /// <param name="resume">Keeps the rungs that ran before in the same folder from the same specs.</param>
    /// <param name="cancellation">Ends the running rung; those before are kept.</param>
    public async Task<LadderReport> RunAsync(IReadOnlyList<LadderRung> rungs, bool resume, CancellationToken cancellation)
    {
        var report = LadderReport.Of(rungs);
        if (resume && LadderReport.TryLoad(folder) is { } before)
            report = report.Resumed(before, Ended);
        report.Save(folder);
        var (start, done) = (Stopwatch.GetTimestamp(), 0.0);
        var left = rungs.Where(r => report.Rungs.First(e => e.Key == r.Key).Run is null).ToList();
        if (left.Count < rungs.Count)
            say($"{rungs.Count - left.Count} of {rungs.Count} rungs were run before, from the same specs.");
        foreach (var (index, rung) in left.Index())
        {
            var remaining = left.Skip(index).Sum(Weight);
            string Left() => done == 0 ? "" : $", about {TimeText.Format(Stopwatch.GetElapsedTime(start) / done * remaining)} left";
            var name = $"[{index + 1}/{left.Count}] {rung.Name}";
            say($"{name}: peak predicted {ByteSize.Format(rung.PredictedPeakBytes)}{Left()}");
            var entry = await RunAsync(report.Rungs.First(e => e.Key == rung.Key), rung, line => say($"{name}: {line}"), cancellation);
            report = report.With(entry);
            report.Save(folder);
            say($"{name}: {Outcome(entry)}");
            done += Weight(rung);
        }
        return report;
    }

    private async Task<LadderEntry> RunAsync(LadderEntry entry, LadderRung rung, Action<string> progress, CancellationToken cancellation)
    {
        try
        {
            return entry.With(RunRecord.Load(await RunRung(rung.Spec, progress, cancellation)));
        }
        catch (RunFailedException failure)
        {
            return entry with { Error = failure.Message };
        }
    }

    private bool Ended(string run) =>
        File.Exists(Path.Combine(Runs, run, RunRecord.FileName)) && RunRecord.Load(Path.Combine(Runs, run)).Ended is not null;

    private static double Weight(LadderRung rung) => SecondsBesideSteps + (rung.PredictedSecondsPerStep ?? 0) * rung.Spec.Training.Steps;

    private static string Outcome(LadderEntry entry) => entry.MeasuredPeak is { } peak
        ? string.Create(CultureInfo.InvariantCulture,
            $"peak {ByteSize.Format(peak.PeakBytes)}, {100 * entry.Off:+0.00;-0.00;0.00} % off, {entry.SecondsPerStep:0.00} s a step; run {entry.Run}")
        : $"failed: {entry.Error}";
}
