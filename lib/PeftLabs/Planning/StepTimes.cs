using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>Collects the work of a step and turns it into seconds by a machine's two ceilings.</summary>
internal sealed class StepTimes(MachineSpeed machine)
{
    // A product whose thinnest side is d reaches d / (d + 24) of the ceiling that a square of 2048 does: a BLAS packs the panels that it
    // multiplies, and the thinner they are, the less is done with each packed number.
    private const double Thinness = 24;

    // What a kernel that reads and writes moves in a second, of what a plain copy does.
    private const double StreamShare = 0.5;

    private const double PageBytes = 4096;

    private readonly Dictionary<(string Name, MemoryStage Stage), TimeTerm> _terms = [];

    /// <summary>What was collected, by stage.</summary>
    public IReadOnlyList<TimeTerm> Terms => [.. _terms.Values.OrderBy(t => t.Stage)];

    /// <summary>Counts products [m, k]·[k, n].</summary>
    public void Product(MemoryStage stage, string name, string formula, double m, double n, double k, double times = 1)
    {
        var thinnest = Math.Min(m, Math.Min(n, k));
        var operations = 2 * m * n * k * times;
        Add(new(name, formula, stage, operations, 0, operations / machine.FlopsPerSecond * (thinnest + Thinness) / thinnest));
    }

    /// <summary>Counts bytes that are read or written; a copied byte is two of them.</summary>
    public void Traffic(MemoryStage stage, string name, string formula, double bytes) =>
        Add(new(name, formula, stage, 0, bytes, bytes / (2 * StreamShare * machine.BytesPerSecond)));

    /// <summary>Counts operators whose own time is not that of their numbers.</summary>
    public void Calls(MemoryStage stage, double count) =>
        Add(new("operators' calls", "seconds of a call each", stage, 0, 0, count * machine.CallSeconds));

    /// <summary>Counts bytes of memory that the system hands out anew each step.</summary>
    public void FreshBytes(MemoryStage stage, double bytes) =>
        Add(new("fresh pages", "seconds of a page for 4 KiB", stage, 0, 0, bytes / PageBytes * machine.PageSeconds));

    /// <summary>The same for bytes that come from a file or go to one.</summary>
    public void FileTraffic(MemoryStage stage, string name, string formula, double bytes) =>
        Add(new(name, formula, stage, 0, bytes, bytes / (2 * machine.FileBytesPerSecond)));

    private void Add(TimeTerm term)
    {
        if (term.Seconds == 0)
            return;
        var key = (term.Name, term.Stage);
        _terms[key] = !_terms.TryGetValue(key, out var before) ? term : before with
        {
            Operations = before.Operations + term.Operations,
            Bytes = before.Bytes + term.Bytes,
            Seconds = before.Seconds + term.Seconds,
        };
    }
}
