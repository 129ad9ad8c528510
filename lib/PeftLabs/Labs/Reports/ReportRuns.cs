namespace PeftLabs.Labs.Reports;

/// <summary>The runs of a report and what it calls them.</summary>
internal sealed class ReportRuns
{
    public ReportRuns(IReadOnlyList<StoredRun> runs)
    {
        All = runs;
        var prefix = runs.Count > 1 ? CommonPrefix([.. runs.Select(run => run.Record.Name)]) : "";
        Labels = [.. runs.Select(run => run.Record.Name[prefix.Length..] + (runs.Count(other => other.Record.Name == run.Record.Name) == 1 ? "" : $" ({run.Id[^8..]})"))];
        Title = prefix + (runs.Count <= 3 ? string.Join(", ", Labels) : $"{Labels[0]} … {Labels[^1]}");
    }

    /// <summary>What the report is called where nobody says otherwise.</summary>
    public string Title { get; }

    /// <summary>The runs in the order given.</summary>
    public IReadOnlyList<StoredRun> All { get; }

    /// <summary>What each is called: its name, without what all begin with, and with the end of its id where several have the same.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether there is one run alone.</summary>
    public bool IsOne => All.Count == 1;

    /// <summary>The first run: the only one, or the one that others are compared with.</summary>
    public StoredRun First => All[0];

    /// <summary>The ids, for figures that show all runs.</summary>
    public IReadOnlyList<string> Ids => [.. All.Select(run => run.Id)];

    /// <summary>Each run with its label.</summary>
    public IEnumerable<(StoredRun Run, string Label)> Labelled => All.Zip(Labels);

    /// <summary>What all names begin with, up to a colon: runs of one ladder are called "ladder: LoRA", "ladder: QLoRA".</summary>
    private static string CommonPrefix(IReadOnlyList<string> names)
    {
        var end = names[0].IndexOf(": ", StringComparison.Ordinal) + 2;
        return end >= 2 && names.All(name => name.Length > end && name.StartsWith(names[0][..end], StringComparison.Ordinal)) ? names[0][..end] : "";
    }
}
