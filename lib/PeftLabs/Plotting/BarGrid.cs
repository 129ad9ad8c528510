using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>
/// Memory by category as lying bars in a grid, all on one scale: a row a technique, a column a stage. What a technique saves is seen
/// along a column, where a run has its peak along a row.
/// </summary>
public static class BarGrid
{
    private const double Gap = 0.02, BarWidth = 0.62;

    // Totals stand beyond the ends of the bars.
    private const double Room = 1.45;

    /// <summary>Makes the figure.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="rows">The rows' names, from the top.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="cells">The bars.</param>
    /// <param name="subtitle">A smaller line below the title.</param>
    /// <exception cref="ArgumentException">There are no rows or columns, or a bar lies outside of them.</exception>
    public static Figure Create(
        string title, IReadOnlyList<string> rows, IReadOnlyList<string> columns, IReadOnlyList<BarGridCell> cells, string? subtitle = null)
    {
        if (rows.Count == 0 || columns.Count == 0 || cells.Any(c => c.Row < 0 || c.Row >= rows.Count || c.Column < 0 || c.Column >= columns.Count))
            throw new ArgumentException($"A grid of {rows.Count} rows and {columns.Count} columns cannot hold these {cells.Count} bars.");
        var grid = new Grid(rows, columns, cells);
        return new Figure { Traces = [.. grid.Bars(), .. grid.Legend(), .. grid.Marks()], Layout = grid.Layout(title, subtitle), Values = grid.Table() };
    }

    private sealed class Grid(IReadOnlyList<string> rows, IReadOnlyList<string> columns, IReadOnlyList<BarGridCell> cells)
    {
        private readonly (string Name, string Words, double Bytes) _unit =
            ByteUnits.ForAxis(cells.Select(c => Math.Max(c.TotalBytes, c.PredictedBytes ?? 0)).DefaultIfEmpty(1).Max());

        private readonly List<string> _categories = [.. Palette.Categories.Intersect(cells.SelectMany(c => c.Bytes.Keys)),
            .. cells.SelectMany(c => c.Bytes.Keys).Distinct().Except(Palette.Categories)];

        private double Longest => cells.Select(c => Math.Max(c.TotalBytes, c.PredictedBytes ?? 0)).DefaultIfEmpty(1).Max() / _unit.Bytes;

        // Few, for columns are narrow, and none where only totals stand.
        private double[] Ticks
        {
            get
            {
                var power = Math.Pow(10, Math.Floor(Math.Log10(Longest)));
                var step = new[] { 0.2, 0.5, 1, 2, 5 }.Select(n => n * power).First(s => Longest / s < 3);
                return [.. Enumerable.Range(0, 1 + (int)(Longest / step)).Select(i => i * step)];
            }
        }

        private static string AxisName(string letter, int column) => column == 0 ? letter : $"{letter}{column + 1}";

        private IEnumerable<BarGridCell> In(int column) => cells.Where(c => c.Column == column);

        public IEnumerable<Trace> Bars() =>
            from column in Enumerable.Range(0, columns.Count)
            from category in _categories.Index()
            let bars = In(column).Where(c => c.Bytes.GetValueOrDefault(category.Item) > 0).ToList()
            where bars.Count > 0
            select new BarTrace
            {
                Name = StackedBars.Words(category.Item),
                Color = Palette.OfCategory(category.Item, category.Index),
                XAxis = AxisName("x", column),
                X = PlotValues.Of(bars.Select(c => c.Bytes[category.Item] / _unit.Bytes)),
                Y = PlotValues.Of(bars.Select(c => (double)c.Row)),
                Horizontal = true,
                Width = BarWidth,
                // A bar's outline has its colour, so that a thin one is not all outline.
                Hatched = [.. bars.Select(_ => false)],
                LegendGroup = category.Item,
                ShowLegend = false,
                CustomData = [.. bars.Select(c => $"{FigureText.Escape(rows[c.Row])}, {columns[column]}<br>{StackedBars.Words(category.Item)}: <b>{ByteUnits.Format(c.Bytes[category.Item])}</b>")],
                HoverTemplate = "%{customdata}",
            };

        public IEnumerable<Trace> Marks() =>
            from column in Enumerable.Range(0, columns.Count)
            let marks = In(column).Where(c => c.PredictedBytes is not null).ToList()
            where marks.Count > 0
            select new ScatterTrace
            {
                Name = "predicted",
                Mode = "markers",
                MarkerSymbol = "line-ns-open",
                MarkerSize = 13,
                Color = Palette.Ink,
                XAxis = AxisName("x", column),
                X = PlotValues.Of(marks.Select(c => c.PredictedBytes!.Value / _unit.Bytes)),
                Y = PlotValues.Of(marks.Select(c => (double)c.Row)),
                LegendGroup = "predicted",
                ShowLegend = column == 0,
                CustomData = [.. marks.Select(c => $"{FigureText.Escape(rows[c.Row])}, {columns[column]}<br>predicted: <b>{ByteUnits.Format(c.PredictedBytes!.Value)}</b>")],
                HoverTemplate = "%{customdata}",
            };

        public IEnumerable<Trace> Legend() => _categories.Select((category, i) => new BarTrace
        {
            Name = StackedBars.Words(category),
            Color = Palette.OfCategory(category, i),
            X = new[] { double.NaN },
            Y = new[] { double.NaN },
            Horizontal = true,
            LegendGroup = category,
            HoverTemplate = "",
        });

        public Layout Layout(string title, string? subtitle) => new()
        {
            Title = title,
            Subtitle = subtitle,
            BarMode = "stack",
            ShowLegend = true,
            LegendBelow = true,
            Height = 210 + 36 * rows.Count,
            XAxis = Column(0),
            YAxis = new Axis
            {
                TickValues = [.. Enumerable.Range(0, rows.Count).Select(i => (double)i)],
                TickText = [.. rows.Select(row => StackedBars.Label(row, 24))],
                Range = (rows.Count - 0.5, -0.5),
                ShowGrid = false,
            },
            MoreAxes = Enumerable.Range(1, columns.Count - 1).ToDictionary(i => $"xaxis{i + 1}", Column),
            Annotations = [.. columns.Select(Heading), .. cells.Select(Total)],
        };

        private Axis Column(int column)
        {
            var width = (1 - Gap * (columns.Count - 1)) / columns.Count;
            return new Axis
            {
                Title = column == 0 ? $"memory ({_unit.Words})" : null,
                Range = (0, Longest * Room),
                TickValues = Ticks,
                TickText = [.. Ticks.Select(t => t.ToString("#,0.##", CultureInfo.InvariantCulture))],
                Domain = (column * (width + Gap), column * (width + Gap) + width),
                Anchor = "y",
            };
        }

        private Annotation Heading(string name, int column) =>
            new($"<b>{name}</b>", 0, 1) { XAxis = AxisName("x", column), YAxis = "paper", XAnchor = "left", Shift = (0, 4) };

        private Annotation Total(BarGridCell cell) => new(Number(cell.TotalBytes), cell.TotalBytes / _unit.Bytes, cell.Row)
        {
            XAxis = AxisName("x", cell.Column),
            XAnchor = "left",
            YAnchor = "middle",
            Shift = (5, 0),
        };

        private string Number(long bytes) => (bytes / _unit.Bytes).ToString(
            _unit.Name == "GiB" ? "N2" : bytes / _unit.Bytes >= 100 ? "N0" : "N1", CultureInfo.InvariantCulture);

        public string Table()
        {
            string[] headers = ["", .. columns.SelectMany(c => new[] { c, "predicted" })];
            return TextTable.Format(headers, [.. rows.Select((row, i) => (IReadOnlyList<string>)
                [row, .. columns.Index().SelectMany(c => Cells(i, c.Index))])]) + $"\n({_unit.Words})";
        }

        private IEnumerable<string> Cells(int row, int column)
        {
            var cell = cells.FirstOrDefault(c => c.Row == row && c.Column == column);
            yield return cell is null ? "" : ByteUnits.Table(cell.TotalBytes / _unit.Bytes);
            yield return cell?.PredictedBytes is { } predicted ? ByteUnits.Table(predicted / _unit.Bytes) : "";
        }
    }
}
