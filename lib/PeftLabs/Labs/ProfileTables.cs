using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>A profile as tables in plain text.</summary>
public static class ProfileTables
{
    // Of the steps' time and of a peak; what is below both is summed up.
    private const double Smallest = 0.005;

    /// <summary>
    /// Stage by stage what each operator cost: milliseconds a step, its share of all time but loading's, bytes allocated a step, and bytes
    /// at the stage's peak. What other stages had made and was alive at that peak has a line of its own, so that the last column sums to it.
    /// </summary>
    public static string Operators(RunProfile profile)
    {
        var (steps, seconds) = (Math.Max(1, profile.Steps), profile.Stages.Where(s => s.Stage != MemoryStage.Load).Sum(s => s.Seconds));
        List<IReadOnlyList<string>> rows = [];
        foreach (var stage in profile.Stages)
        {
            var times = stage.Stage == MemoryStage.Load ? 1 : steps;
            var own = profile.Operators.Where(o => o.Stage == stage.Stage).ToList();
            rows.Add(Row(StageCost.Name(stage.Stage), own.Sum(o => o.Calls), stage.Seconds, own.Sum(o => o.AllocatedBytes), stage.PeakBytes));
            var shown = own.Where(o => o.Seconds >= Smallest * stage.Seconds || o.PeakBytes >= Smallest * Math.Max(1, stage.PeakBytes)).ToList();
            rows.AddRange(shown.Select(o => Row($"  {o.Operator}", o.Calls, o.Seconds, o.AllocatedBytes, o.PeakBytes)));
            if (own.Except(shown).ToList() is { Count: > 0 } rest)
                rows.Add(Row($"  {rest.Count} smaller", rest.Sum(o => o.Calls), rest.Sum(o => o.Seconds), rest.Sum(o => o.AllocatedBytes), rest.Sum(o => o.PeakBytes)));
            if (stage.EarlierBytes > 0)
                rows.Add(["  made by other stages", "", "", "", "", ByteUnits.Format(stage.EarlierBytes)]);

            IReadOnlyList<string> Row(string name, long calls, double taken, long allocated, long peak) =>
            [
                name, Number(calls / (double)times, "0.#"), Number(1000 * taken / times, "N1"),
                stage.Stage == MemoryStage.Load ? "" : Share(taken / seconds), Bytes(allocated / times), Bytes(peak),
            ];
        }
        return TextTable.Format(["", "calls", "ms a step", "share", "allocated", "at the peak"], rows)
            + "\n(loading: its whole time; MiB = 1024² bytes)";
    }

    /// <summary>What the parts of operators cost, in all operators that have them: products of stored weights, decoding, adapters.</summary>
    public static string Parts(RunProfile profile)
    {
        var (steps, seconds) = (Math.Max(1, profile.Steps), profile.Stages.Where(s => s.Stage != MemoryStage.Load).Sum(s => s.Seconds));
        var parts = profile.Scopes.Where(s => s.Part.Length > 0 && s.Stage != MemoryStage.Load)
            .GroupBy(s => (s.Stage, s.Part), (key, scopes) => (key.Stage, key.Part, Scopes: scopes.ToList()))
            .OrderBy(p => p.Stage ?? (MemoryStage)int.MaxValue).ThenByDescending(p => p.Scopes.Sum(s => s.OwnSeconds));
        return TextTable.Format(["part of all operators", "stage", "calls", "ms a step", "share", "allocated"],
            [.. parts.Select(p => (IReadOnlyList<string>)
            [
                p.Part, StageCost.Name(p.Stage), Number(p.Scopes.Sum(s => s.Calls) / (double)steps, "0.#"),
                Number(1000 * p.Scopes.Sum(s => s.OwnSeconds) / steps, "N1"), Share(p.Scopes.Sum(s => s.OwnSeconds) / seconds),
                Bytes(p.Scopes.Sum(s => s.AllocatedBytes) / steps),
            ])], 1);
    }

    /// <summary>Allocations alive at a peak, largest first, each with the scopes and the code that made it.</summary>
    /// <param name="allocations">The allocations.</param>
    /// <param name="most">How many are listed; the others are summed up.</param>
    public static string Allocations(IReadOnlyList<PeakAllocation> allocations, int most = 15)
    {
        List<IReadOnlyList<string>> rows = [.. allocations.Take(most).Select(a => (IReadOnlyList<string>)
            [Bytes(a.Bytes), a.Count == 1 ? "" : $"{a.Count} × {Bytes(a.BytesEach)}", MemoryNames.Of(a.Category), a.Where, a.Code])];
        var rest = allocations.Skip(most).ToList();
        if (rest.Count > 0)
            rows.Add([Bytes(rest.Sum(a => a.Bytes)), $"{rest.Sum(a => a.Count)}", "", $"{rest.Count} smaller kinds", ""]);
        rows.Add([Bytes(allocations.Sum(a => a.Bytes)), $"{allocations.Sum(a => a.Count)}", "", "all", ""]);
        var table = TextTable.Format(["bytes", "count", "for", "made in", "code"], rows, 2, 3, 4);
        return string.Join('\n', table.Split('\n').Select(line => line.TrimEnd()));
    }

    /// <summary>What of the time an operator accounts for, and what profiling itself cost, in two lines.</summary>
    public static string Cost(RunProfile profile)
    {
        var steps = Math.Max(1, profile.Steps);
        return string.Create(CultureInfo.InvariantCulture, $"{profile.AttributedShare:0.0%} of the time is an operator's; the rest is \"other\".\n")
            + string.Create(CultureInfo.InvariantCulture, $"Profiling itself: {profile.Entries / (double)steps:N0} scopes a step, loading's among them, ")
            + string.Create(CultureInfo.InvariantCulture, $"{1e9 * profile.SecondsPerEntry:0} ns each, {profile.CostShare:0.000%} of the time.");
    }

    private static string Bytes(long bytes) => bytes == 0 ? "" : ByteUnits.Format(bytes);

    private static string Share(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
