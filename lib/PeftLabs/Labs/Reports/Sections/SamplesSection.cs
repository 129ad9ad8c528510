using System.Text;

namespace PeftLabs.Labs.Reports;

/// <summary>How the model went on from prompts, before and after.</summary>
internal static class SamplesSection
{
    public static ReportSection? Create(ReportRuns runs)
    {
        var html = new StringBuilder();
        var prompts = runs.All.SelectMany(run => run.Record.Samples ?? []).Select(sample => sample.Prompt).Distinct();
        foreach (var (prompt, i) in prompts.Select((prompt, i) => (prompt, i)))
            html.Append($"<article class=\"sample\"><h3>Prompt {i + 1}</h3><pre class=\"prompt\">{HtmlText.Escape(prompt)}</pre>\n<div class=\"beside\">{Texts(runs, prompt)}</div></article>\n");
        return html.Length == 0 ? null : new("samples", "Samples",
            [HtmlText.Paragraph("What the model wrote after each prompt, always taking the likeliest token."), html.ToString()]);
    }

    /// <summary>The model before training is the same for all runs of one model: it is shown once where it is.</summary>
    private static string Texts(ReportRuns runs, string prompt)
    {
        var found = runs.Labelled.Select(pair => (pair.Label, Sample: pair.Run.Record.Samples?.FirstOrDefault(sample => sample.Prompt == prompt)))
            .Where(pair => pair.Sample is not null).ToList();
        var before = found.GroupBy(pair => pair.Sample!.Before)
            .Select(group => Text(runs.IsOne || group.Count() == found.Count ? "Before" : $"Before, {string.Join(", ", group.Select(pair => pair.Label))}", group.Key));
        return string.Concat(before.Concat(found.Select(pair => Text(runs.IsOne ? "After" : $"After, {pair.Label}", pair.Sample!.After))));
    }

    private static string Text(string title, string text) =>
        $"<div><h4>{HtmlText.Escape(title)}</h4><pre>{(text.Length == 0 ? "<em>nothing</em>" : HtmlText.Escape(text))}</pre></div>";
}
