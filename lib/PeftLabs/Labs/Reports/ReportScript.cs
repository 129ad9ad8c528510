using System.Text.Json;
using PeftLabs.Plotting;

namespace PeftLabs.Labs.Reports;

/// <summary>The script of a report: draws its figures, in the colours of the reader's light or dark theme; printed pages are light.</summary>
internal static class ReportScript
{
    private static readonly Dictionary<string, string> DarkColors = new()
    {
        ["#ffffff"] = "#0f1419",
        ["rgba(255, 255, 255, 0.85)"] = "rgba(15, 20, 25, 0.85)",
        ["rgba(36, 41, 47, 0.10)"] = "rgba(230, 233, 237, 0.12)",
        [Palette.Ink] = "#e6e9ed",
        [Palette.Muted] = "#a3adb8",
        [Palette.Grid] = "#262e38",
        [Palette.AxisLine] = "#4a5562",
        [Palette.Limit] = "#ff8a80",
        [Palette.OfStage("Load")] = "#16283a",
        [Palette.OfStage("Forward")] = "#143222",
        [Palette.OfStage("Backward")] = "#3a2b12",
        [Palette.OfStage("OptimizerStep")] = "#371f31",
        // What is dark among the colours of series, and the greys of what a profile only groups.
        [Palette.Series[0]] = "#3d9fdc",
        [Palette.Series[7]] = "#c49a2a",
        ["#DDE3EA"] = "#303a46",
        ["#ECEEF1"] = "#252d37",
        ["#D9DDE2"] = "#333d49",
    };

    public static string Text { get; } = $$"""
        (() => {
          const dark = matchMedia("(prefers-color-scheme: dark)");
          const colors = {{JsonSerializer.Serialize(DarkColors)}};
          const recolored = (key, value) => typeof value !== "string" ? value
            : value.replace(/#[0-9a-f]{6}|rgba\([^)]*\)/gi, color => colors[color] ?? color);
          const draw = isPrinting => {
            for (const place of document.querySelectorAll(".plot")) {
              const text = document.getElementById(place.dataset.figure).textContent;
              const figure = JSON.parse(text, dark.matches && !isPrinting ? recolored : undefined);
              // Paper is narrower than most windows, and does not ask again.
              if (isPrinting) Object.assign(figure.layout, { width: 660, autosize: false });
              const hasNoBar = isPrinting || innerWidth < 700;
              Plotly.react(place, figure.data, figure.layout, { ...figure.config, responsive: !isPrinting,
                displayModeBar: hasNoBar ? false : "hover", modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] });
            }
          };
          draw(false);
          dark.addEventListener("change", () => draw(false));
          addEventListener("beforeprint", () => draw(true));
          addEventListener("afterprint", () => draw(false));
        })();

        """;
}
