using System.Text.Json.Nodes;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>The page of a report: what its sections say, in HTML.</summary>
internal sealed class ReportPage(ReportRuns runs, string title, IReadOnlyList<ReportSection> sections, IReadOnlyList<byte[]> pictures)
{
    private int _figure;

    // The policy forbids the page whatever would need a network, should a text in it ever be taken for more than text.
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

    private const string WithoutScripts = "<noscript><style>.plot { display: none; }</style></noscript>";

    public string Render()
    {
        var body = string.Concat(sections.Select(Section));
        return $"""
            <!DOCTYPE html>
            <html lang="en"><head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="generator" content="PeftLabs">
            <title>{HtmlText.Escape(title)}</title>
            <style>
            {ReportStyle.Css}</style>
            {WithoutScripts}
            </head><body>
            <a class="skip" href="#report">To the report</a>
            <header><p class="kind">{(runs.IsOne ? "Fine-tuning run" : $"Comparison of {runs.All.Count} runs")}</p>
            <h1>{HtmlText.Escape(title)}</h1>
            <p class="lead">{HtmlText.Escape(Lead())}</p></header>
            <nav aria-label="Contents"><h2>Contents</h2><ol>
            {string.Concat(sections.Select(section => $"<li><a href=\"#{section.Id}\">{HtmlText.Escape(section.Title)}</a></li>\n"))}</ol></nav>
            <main id="report">
            {body}</main>
            <footer><p>Sizes in KiB, MiB and GiB are powers of 1024. Written by PeftLabs {HtmlText.Escape(SoftwareVersions.Current.Kit)}.</p></footer>
            {(_figure > 0 ? $"{FigureHtml.PlotlyScript()}\n<script>\n{ReportScript.Text}</script>" : "")}
            </body></html>

            """;
    }

    private string Lead()
    {
        if (!runs.IsOne)
            return $"Each is compared with the first, {runs.Labels[0]}.";
        var run = runs.First;
        var state = run.IsFinished ? "" : ", without an end";
        return $"Run {run.Id}, begun {ReportNumber.Time(run.Record.Started)}, {ReportNumber.Count(run.Steps.Count, "step")}{state}.";
    }

    private string Section(ReportSection section) => $"""
        <section id="{section.Id}" aria-labelledby="{section.Id}-heading">
        <h2 id="{section.Id}-heading">{HtmlText.Escape(section.Title)}</h2>
        {string.Concat(section.Parts.Select(Part))}</section>

        """;

    private string Part(ReportPart part) => part is FigurePart figure ? Figure(figure) : ((HtmlPart)part).Html;

    private string Figure(FigurePart part)
    {
        var number = ++_figure;
        var values = $"<pre>{HtmlText.Escape(part.Figure.ToText())}</pre>";
        return $"""
            <figure id="figure-{part.Key}">
            <div class="plot" role="img" aria-label="{HtmlText.Escape(part.Alternative)}" data-figure="json-{part.Key}" style="min-height:{part.Figure.Layout.Height}px"></div>
            <script type="application/json" id="json-{part.Key}">{ScriptText(part.Figure)}</script>
            <noscript>{(number <= pictures.Count ? Picture(pictures[number - 1], part.Alternative) : values)}</noscript>
            <figcaption><b>Figure {number}.</b> {HtmlText.Escape(part.Caption)}</figcaption>
            {HtmlText.Folded("Values of this figure", values)}</figure>

            """;
    }

    // System.Text.Json escapes <, so that no text in the JSON can end the script element.
    private static string ScriptText(Figure figure) => JsonNode.Parse(figure.ToJson())!.ToJsonString();

    private static string Picture(byte[] png, string alternative) =>
        $"<img src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" width=\"900\" alt=\"{HtmlText.Escape(alternative)}\">";
}
