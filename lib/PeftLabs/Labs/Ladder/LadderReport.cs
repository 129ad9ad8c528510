using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PeftLabs.Formats;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>A ladder as it is kept: <c>ladder.json</c>, the table <c>ladder.md</c>, and its two figures.</summary>
public sealed record LadderReport
{
    /// <summary>The file that is read back.</summary>
    public const string FileName = "ladder.json";

    /// <summary>The table.</summary>
    public const string TableName = "ladder.md";

    private static readonly JsonSerializerOptions s_json = new(RunJson.Indented) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The form of the file; 1 is the only one so far.</summary>
    public required int Format { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Sequences a step.</summary>
    public required int Batch { get; init; }

    /// <summary>Tokens a sequence; text-to-SQL pairs are as long as they are.</summary>
    public required int Tokens { get; init; }

    /// <summary>The software that it ran on.</summary>
    public required SoftwareVersions Versions { get; init; }

    /// <summary>The machine that it ran on.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>The rungs, from the top.</summary>
    public required IReadOnlyList<LadderEntry> Rungs { get; init; }

    /// <summary>A ladder of which nothing has run yet.</summary>
    public static LadderReport Of(IReadOnlyList<LadderRung> rungs) => new()
    {
        Format = 1,
        Model = rungs[0].Spec.Model.Name,
        Batch = rungs[0].Spec.Data.Batches.Size,
        Tokens = rungs[0].Spec.Data.Tokens,
        Versions = SoftwareVersions.Current,
        Machine = MachineInfo.Current,
        Rungs = [.. rungs.Select(LadderEntry.Of)],
    };

    /// <summary>Reads the ladder in a folder; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of a form that is not known.</exception>
    public static LadderReport? TryLoad(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        var report = RunJson.Read<LadderReport>(File.ReadAllText(path), path);
        return report.Format == 1 ? report : throw new InvalidDataException($"{path}: format is {report.Format}; this version reads format 1.");
    }

    /// <summary>The ladder with a rung replaced by what is known of it now.</summary>
    public LadderReport With(LadderEntry entry) => this with { Rungs = [.. Rungs.Select(r => r.Key == entry.Key ? entry : r)] };

    /// <summary>The ladder on which rungs that ran before, from the same specs, need not run again.</summary>
    /// <param name="before">What was kept.</param>
    /// <param name="exists">Whether the record of a run is still there.</param>
    public LadderReport Resumed(LadderReport before, Func<string, bool> exists) => this with
    {
        Rungs = [.. Rungs.Select(rung => before.Rungs.FirstOrDefault(
            old => old.Run is { } run && JsonNode.DeepEquals(old.Spec, rung.Spec) && exists(run)) ?? rung)],
    };

    /// <summary>Peak memory of the whole runs by category, predicted beside measured.</summary>
    public Figure Figure() => LabCharts.Ladder($"The ladder: {What}", Rungs);

    /// <summary>Peak memory of every stage by category.</summary>
    public Figure StageFigure() => LabCharts.StageLadder($"The ladder by stage: {What}", Rungs);

    /// <summary>The ladder as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Writes the file that is read back, and the table.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, FileName), ToJson() + "\n");
        AtomicFile.WriteText(Path.Combine(folder, TableName), LadderTable.Markdown(this));
    }

    /// <summary>Writes the figures: as plotly.js JSON, as pages that need no network, and, where Chromium is installed, as PNG.</summary>
    /// <returns>What was left out and why, in a sentence; null for nothing.</returns>
    public string? SaveFigures(string folder)
    {
        foreach (var (name, figure) in new[] { ("ladder", Figure()), ("stages", StageFigure()) })
        {
            AtomicFile.WriteText(Path.Combine(folder, $"{name}.plotly.json"), figure.ToJson());
            if (PlotlyLibrary.TryFind() is not null)
                AtomicFile.WriteText(Path.Combine(folder, $"{name}.html"), figure.ToHtmlPage());
            if (FigureRenderer.Missing is null)
                figure.SavePng(Path.Combine(folder, $"{name}.png"));
        }
        return FigureRenderer.Missing is { } missing ? $"The figures have no pictures: {missing}" : null;
    }

    private string What => $"{Model}, {Batch} × {Tokens} tokens";
}
