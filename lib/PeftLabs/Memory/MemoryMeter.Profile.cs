using PeftLabs.Memory.Profiling;

namespace PeftLabs.Memory;

// Where time and bytes went, and which code made what was alive at a peak.
public sealed partial class MemoryMeter
{
    // Lines that a report lists of a stage's peak, and of the highest.
    private const int StageLines = 24, PeakLines = 80;

    private readonly Profiler? _profiler;

    /// <summary>Every single allocation that was alive at the peak of a stage, or of the whole run, largest first; in a
    /// <see cref="MemoryReport"/> like ones are one entry.</summary>
    public IReadOnlyList<PeakAllocation> PeakAllocations(MemoryStage? stage = null)
    {
        var peak = Read(ledger => ledger.Peaks()[stage is { } one ? (int)one : ledger.PeakInterval]);
        return PeakSummary.Single(peak, _profiler?.Tree);
    }

    /// <summary>Where time and bytes went so far, by stage, block and operator.</summary>
    /// <exception cref="InvalidOperationException">The meter was started without a profile.</exception>
    public RunProfile Profile() => Profiled.Report(Read(ledger => ledger.Peaks()));

    /// <summary>Begins the profile of the steps anew, and keeps that of loading: for a first step that is no measure of the later ones.
    /// Peaks stay those of all steps.</summary>
    /// <exception cref="InvalidOperationException">The meter was started without a profile.</exception>
    public void ForgetProfiledSteps() => Profiled.ForgetSteps();

    /// <summary>Leaves the profile alone out until the returned value is disposed: scopes do nothing meanwhile, their time counts nowhere,
    /// and what is allocated is traced to no code.</summary>
    /// <exception cref="InvalidOperationException">The meter was started without a profile.</exception>
    public IDisposable PauseProfile()
    {
        var tree = Profiled.Tree;
        tree.Stop();
        return new OnDispose(() =>
        {
            if (ReferenceEquals(s_running, this))
                tree.Continue();
        });
    }

    private Profiler Profiled => _profiler ?? throw new InvalidOperationException(
        "This meter was started with MemoryMeterOptions.Profile = false: there is no profile.");

    private List<PeakAllocation> Folded(StagePeak peak, int lines) => PeakSummary.Folded(peak, _profiler?.Tree, lines);
}
