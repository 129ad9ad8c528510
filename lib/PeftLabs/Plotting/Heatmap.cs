using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>A matrix as coloured cells. Drawn as bars of height one: the small plotly.js that the kit uses has no heatmaps.</summary>
public static class Heatmap
{
    /// <summary>Makes the figure, row 0 at the top.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="values">[rows, columns].</param>
    /// <param name="valueName">What the values are, with their unit: the colour bar's title.</param>
    /// <param name="rows">What rows stand for: the vertical axis's title.</param>
    /// <param name="columns">What columns stand for: the horizontal axis's title.</param>
    /// <exception cref="ArgumentException">The matrix is empty.</exception>
    public static Figure Create(string title, double[,] values, string valueName, string rows = "row", string columns = "column")
    {
        var (height, width) = (values.GetLength(0), values.GetLength(1));
        if (values.Length == 0) throw new ArgumentException($"A heatmap needs values; the matrix is [{height}, {width}].", nameof(values));
        return new Figure
        {
            Traces = [Cells(values, valueName, rows, columns)],
            Layout = new Layout
            {
                Title = title,
                BarMode = "overlay",
                XAxis = new Axis { Title = columns, Range = (-0.5, width - 0.5), ShowGrid = false },
                YAxis = new Axis { Title = rows, Range = (height - 0.5, -0.5), ShowGrid = false },
            },
            Values = Table(values, valueName, rows),
        };
    }

    private static BarTrace Cells(double[,] values, string valueName, string rows, string columns)
    {
        var (height, width) = (values.GetLength(0), values.GetLength(1));
        var cells = Enumerable.Range(0, height * width).Select(index => (Row: index / width, Column: index % width)).ToList();
        return new BarTrace
        {
            Name = valueName,
            X = PlotValues.Of(cells.Select(cell => (double)cell.Column)),
            Y = PlotValues.Of(cells.Select(_ => 1.0)),
            Base = [.. cells.Select(cell => cell.Row - 0.5)],
            Width = 1,
            ShowLegend = false,
            CustomData = [.. cells.Select(cell => $"{rows} {cell.Row}, {columns} {cell.Column}: {Number(values[cell.Row, cell.Column])}")],
            HoverTemplate = "%{customdata}",
            ColorScale = Json.Object(
                ("color", cells.Select(cell => values[cell.Row, cell.Column])), ("colorscale", "Viridis"), ("showscale", true),
                ("line", Json.Object(("width", 0))),
                ("colorbar", Json.Object(("title", Json.Object(("text", valueName))), ("thickness", 14), ("outlinewidth", 0)))),
        };
    }

    private static string Table(double[,] values, string valueName, string rows)
    {
        List<int> columns = [.. FigureText.Thin([.. Enumerable.Range(0, values.GetLength(1))], 12)];
        List<int> shown = [.. FigureText.Thin([.. Enumerable.Range(0, values.GetLength(0))])];
        return TextTable.Format(
            [rows, .. columns.Select(column => $"{column}")],
            [.. shown.Select(row => (IReadOnlyList<string>)[$"{row}", .. columns.Select(column => Number(values[row, column]))])])
                + $"\n({valueName})";
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
