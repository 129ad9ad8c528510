using System.Globalization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Whether a run came out as another did, bit for bit.</summary>
/// <param name="Run">The id of the first.</param>
/// <param name="Again">The id of the second.</param>
/// <param name="Surroundings">What of data, software and machine differed.</param>
/// <param name="FirstDifference">The first step that differs, and in what; null for none.</param>
/// <param name="Steps">Steps that were compared.</param>
/// <param name="TrainedHash">The hashes of what was trained, where they differ.</param>
/// <param name="PeakBytes">The peaks, where they differ.</param>
public sealed record RunComparison(string Run, string Again, IReadOnlyList<RunDifference> Surroundings, RunDifference? FirstDifference,
    int Steps, RunDifference? TrainedHash, RunDifference? PeakBytes)
{
    /// <summary>Whether losses, trained parameters and peak are the same, to the last bit.</summary>
    public bool Matched => FirstDifference is null && TrainedHash is null && PeakBytes is null;

    /// <summary>Compares two runs by their records and steps.</summary>
    public static RunComparison Of(string before, string again, IReadOnlyList<RunDifference> surroundings)
    {
        var (one, other) = (RunRecord.Load(before), RunRecord.Load(again));
        var (steps, stepsAgain) = (RunRecord.LoadSteps(before), RunRecord.LoadSteps(again));
        return new(one.Id, other.Id, surroundings, First(steps, stepsAgain), Math.Min(steps.Count, stepsAgain.Count),
            // What an older record does not tell cannot differ.
            one.TrainedHash is null ? null : Differ("hash of the trained parameters", one.TrainedHash, other.TrainedHash),
            Differ("peak", Bytes(one), Bytes(other)));
    }

    private static RunDifference? First(IReadOnlyList<StepRecord> steps, IReadOnlyList<StepRecord> again)
    {
        foreach (var (one, other) in steps.Zip(again))
        {
            // "R" and bits: losses that print alike are not yet the same.
            if (BitConverter.DoubleToInt64Bits(one.Loss) != BitConverter.DoubleToInt64Bits(other.Loss))
                return new($"loss of step {one.Step}", Exact(one.Loss), Exact(other.Loss));
            if (one.GradientNorm != other.GradientNorm)
                return new($"gradient norm of step {one.Step}", Exact(one.GradientNorm), Exact(other.GradientNorm));
        }
        return Differ("steps", $"{steps.Count}", $"{again.Count}");
    }

    private static RunDifference? Differ(string what, string? then, string? now) => then == now ? null : new(what, then ?? "none", now ?? "none");

    private static string? Bytes(RunRecord record) => record.Memory is { } memory ? $"{memory.PeakBytes} bytes" : null;

    private static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "none";
}
