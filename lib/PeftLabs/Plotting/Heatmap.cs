using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>A matrix as coloured cells. Drawn as bars of height one: the small plotly.js that the kit uses has no heatmaps.</summary>
public static class Heatmap
{
    /// <summary>Makes the cells. Row 0 lies at 0 on the vertical axis, column 0 at 0 on the horizontal one.</summary>
    /// <param name="values">[rows, columns].</param>
    /// <param name="valueName">What the values are, with their unit: the colour bar's title.</param>
    /// <exception cref="ArgumentException">The matrix is empty.</exception>
    public static BarTrace Of(double[,] values, string valueName)
    {
        var (rows, columns) = (values.GetLength(0), values.GetLength(1));
        if (rows * columns == 0) throw new ArgumentException($"A heatmap needs values; the matrix is [{rows}, {columns}].", nameof(values));
        List<(int Row, int Column)> cells = [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, columns) select (row, column)];
        return new BarTrace
        {
            X = PlotValues.Of(cells.Select(cell => (double)cell.Column)),
            Y = PlotValues.Of(cells.Select(_ => 1.0)),
            Base = [.. cells.Select(cell => cell.Row - 0.5)],
            Width = 1,
            ShowLegend = false,
            CustomData = [.. cells.Select(cell => Label(cell.Row, cell.Column, values[cell.Row, cell.Column]))],
            HoverTemplate = "%{customdata}",
            ColorScale = Json.Object(
                ("color", cells.Select(cell => values[cell.Row, cell.Column])), ("colorscale", "Viridis"), ("showscale", true),
                ("colorbar", Json.Object(("title", Json.Object(("text", valueName))), ("thickness", 14)))),
        };
    }

    private static string Label(int row, int column, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"row {row}, column {column}: {value:G4}");
}
