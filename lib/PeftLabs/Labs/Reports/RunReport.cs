using PeftLabs.Formats;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>
/// A report of one run, or a comparison of several, as one HTML page that holds all it needs: it works from a file, asks no network, and is
/// read with scripts off too.
/// </summary>
public sealed class RunReport
{
    private readonly ReportRuns _runs;
    private readonly IReadOnlyList<ReportSection> _sections;

    /// <summary>Puts the report together.</summary>
    /// <param name="runs">The runs; of several, the first is the one that the others are compared with.</param>
    /// <param name="title">The title; the runs' names by default.</param>
    /// <exception cref="ArgumentException">There are no runs, or one of them twice.</exception>
    public RunReport(IReadOnlyList<StoredRun> runs, string? title = null)
    {
        if (runs.Count == 0)
            throw new ArgumentException("A report needs at least one run.", nameof(runs));
        if (runs.CountBy(run => run.Id).FirstOrDefault(id => id.Value > 1) is { Key: { } id })
            throw new ArgumentException($"The run {id} is given twice; a comparison is of different runs.", nameof(runs));
        _runs = new(runs);
        _sections = [.. (_runs.IsOne ? One(_runs) : Several(_runs)).OfType<ReportSection>()];
        Title = string.IsNullOrWhiteSpace(title) ? _runs.Title : title;
    }

    /// <summary>The title.</summary>
    public string Title { get; }

    /// <summary>The figures in their order, each with a name of letters, digits and hyphens.</summary>
    public IReadOnlyList<(string Name, Figure Figure)> Figures => [.. Parts.Select(part => (part.Key, part.Figure))];

    private IEnumerable<FigurePart> Parts => _sections.SelectMany(section => section.Parts).OfType<FigurePart>();

    /// <summary>Draws the figures, for readers without scripts and as files of their own.</summary>
    /// <returns>A PNG file's bytes for each of <see cref="Figures"/>.</returns>
    /// <exception cref="InvalidOperationException">Something is <see cref="FigureRenderer.Missing"/>, or drawing failed.</exception>
    /// <exception cref="TimeoutException">The browser did not finish in time.</exception>
    public IReadOnlyList<byte[]> Draw() => FigureRenderer.Draw([.. Figures.Select(figure => figure.Figure.ToJson())], new PictureSize());

    /// <summary>The page.</summary>
    /// <param name="pictures">What <see cref="Draw"/> gave; without pictures, readers without scripts see the figures' values.</param>
    /// <exception cref="FileNotFoundException">plotly.js has not been set up.</exception>
    public string ToHtml(IReadOnlyList<byte[]>? pictures = null) =>
        new ReportPage(_runs, Title, _sections, pictures ?? []).Render();

    /// <summary>Writes the page to a file, all of it or, on failure, nothing.</summary>
    /// <param name="path">The file; its folder must be there.</param>
    /// <param name="pictures">What <see cref="Draw"/> gave.</param>
    /// <exception cref="FileNotFoundException">plotly.js has not been set up.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyList<byte[]>? pictures = null) => AtomicFile.WriteText(path, ToHtml(pictures));

    private static IEnumerable<ReportSection?> One(ReportRuns runs) =>
    [
        GlanceSection.Create(runs), OptionsSection.Create(runs.First), LossSection.Create(runs), StagesSection.Create(runs.First),
        PredictionSection.Create(runs.First), TimelineSection.Create(runs), AllocationsSection.Create(runs.First),
        ProfileSection.Create(runs.First), EvaluationSection.Create(runs), SamplesSection.Create(runs), ProvenanceSection.Create(runs.First),
    ];

    private static IEnumerable<ReportSection?> Several(ReportRuns runs) =>
    [
        RunsSection.Create(runs), DifferencesSection.Create(runs), LossSection.Create(runs), ComparisonSection.Ladder(runs),
        ComparisonSection.Stages(runs), CompareOffSection.Create(runs), ComparisonSection.Time(runs), TimelineSection.Create(runs),
        EvaluationSection.Create(runs), SamplesSection.Create(runs),
    ];
}
