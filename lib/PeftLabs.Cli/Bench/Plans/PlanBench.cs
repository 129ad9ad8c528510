using System.Diagnostics;
using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Cli.Bench.Plans;

/// <summary>Holds predictions against measurements, one run after the other, and says how far it is.</summary>
/// <param name="runs">How many there will be.</param>
/// <param name="error">Where it says so.</param>
public sealed class PlanBench(int runs, TextWriter error)
{
    private readonly List<(PlanRun, StageComparison)> _stages = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _done;

    /// <summary>Told each stage as soon as it was compared; null for nobody.</summary>
    public Action<PlanRun, StageComparison>? Compared { get; init; }

    /// <summary>The stages so far.</summary>
    public IReadOnlyList<(PlanRun Run, StageComparison Stage)> Stages => _stages;

    /// <summary>Runs that failed; each was told of.</summary>
    public int Failed { get; private set; }

    /// <summary>Predicts a run, takes its steps in a process of its own, and compares. One that fails is counted, and told of.</summary>
    public async Task RunAsync(PlanRun run, CancellationToken cancellation)
    {
        var place = $"[{_done + 1}/{runs}] {run.Name}";
        error.WriteLine(place + Left());
        try
        {
            foreach (var stage in await run.CompareAsync(line => error.WriteLine($"{place}: {line}"), cancellation))
            {
                _stages.Add((run, stage));
                Compared?.Invoke(run, stage);
            }
        }
        catch (InvalidOperationException failure)
        {
            Failed++;
            error.WriteLine($"{place} failed: {failure.Message}");
        }
        _done++;
    }

    private string Left() => _done == 0 ? "" : $", about {TimeText.Format(Stopwatch.GetElapsedTime(_start) / _done * (runs - _done))} left";
}
