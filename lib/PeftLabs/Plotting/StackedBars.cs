using System.Globalization;

namespace PeftLabs.Plotting;

/// <summary>Memory by category, stacked: bars for stages, or the ladder of techniques, with predictions beside measurements.</summary>
public static class StackedBars
{
    private const double GroupWidth = 0.78;
    private const double Gap = 0.05;

    /// <summary>Makes the figure. Groups and the bars of a group stand in the order given.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="bars">The bars.</param>
    /// <param name="subtitle">A smaller line below the title.</param>
    /// <param name="horizontal">Bars lie, the first group on top: for long names, as on the ladder.</param>
    /// <param name="limitBytes">A budget, drawn as a line.</param>
    /// <exception cref="ArgumentException">There are no bars.</exception>
    public static Figure Create(
        string title, IReadOnlyList<MemoryBar> bars, string? subtitle = null, bool horizontal = false, long? limitBytes = null)
    {
        if (bars.Count == 0) throw new ArgumentException("Stacked bars need at least one bar.", nameof(bars));
        var chart = new Chart(bars, horizontal, limitBytes);
        return new Figure
        {
            Traces = [.. chart.CategoryTraces(), .. chart.Legend()],
            Layout = chart.Layout(title, subtitle),
            Values = chart.Table(),
        };
    }

    private sealed class Chart
    {
        private readonly IReadOnlyList<MemoryBar> _bars;
        private readonly bool _horizontal;
        private readonly long? _limit;
        private readonly List<string> _groups;
        private readonly List<string> _categories;
        private readonly double[] _places;
        private readonly double _width;
        private readonly (string Name, string Words, double Bytes) _unit;

        public Chart(IReadOnlyList<MemoryBar> bars, bool horizontal, long? limit)
        {
            (_bars, _horizontal, _limit) = (bars, horizontal, limit);
            _groups = [.. bars.Select(bar => bar.Group).Distinct()];
            var named = bars.SelectMany(bar => bar.Bytes.Keys).Distinct().ToList();
            _categories = [.. Palette.Categories.Intersect(named), .. named.Except(Palette.Categories)];
            _unit = ByteUnits.ForAxis(Math.Max(bars.Max(bar => bar.TotalBytes), limit ?? 0));
            var most = bars.GroupBy(bar => bar.Group).Max(group => group.Count());
            _width = (most == 1 ? 0.6 : GroupWidth / most) - (most == 1 ? 0 : Gap);
            _places = [.. bars.Select(Place)];
        }

        /// <summary>Groups stand at 0, 1, 2, …, and the bars of a group side by side around it.</summary>
        private double Place(MemoryBar bar)
        {
            List<MemoryBar> group = [.. _bars.Where(other => other.Group == bar.Group)];
            var index = group.FindIndex(other => ReferenceEquals(other, bar));
            return _groups.IndexOf(bar.Group) + (index - (group.Count - 1) / 2.0) * (_width + Gap);
        }

        private double Units(MemoryBar bar, string category) => bar.Bytes.GetValueOrDefault(category) / _unit.Bytes;

        /// <summary>The lengths of a category's bars; none, rather than a line without height, where there are no bytes.</summary>
        private IEnumerable<double> Lengths(string category) =>
            _bars.Select(bar => Units(bar, category)).Select(length => length == 0 ? double.NaN : length);

        public IEnumerable<Trace> CategoryTraces() => _categories.Select((category, i) => new BarTrace
        {
            Name = Words(category),
            Color = Palette.OfCategory(category, i),
            X = Across(Lengths(category)),
            Y = Along(Lengths(category)),
            Horizontal = _horizontal,
            Width = _width,
            Hatched = [.. _bars.Select(bar => bar.IsPrediction)],
            LegendGroup = category,
            ShowLegend = false,
            CustomData = [.. _bars.Select(bar => Hover(bar, category))],
            HoverTemplate = "%{customdata}",
        });

        private static string Hover(MemoryBar bar, string category) =>
            $"{FigureText.Escape(bar.Group)}, {bar.Kind}<br>{Words(category)}: <b>{ByteUnits.Format(bar.Bytes.GetValueOrDefault(category))}</b>";

        /// <summary>
        /// Filled keys for the categories, whichever bar comes first; where there are filled and hatched bars, grey keys of what they mean.
        /// </summary>
        public IEnumerable<Trace> Legend()
        {
            var kinds = _bars.Select(bar => bar.IsPrediction).Distinct().OrderDescending()
                .Select(isHatched => Key(isHatched ? "predicted" : "measured", Palette.Ink, isHatched)).ToList();
            if (kinds is [{ Name: "measured" }]) kinds.Clear();
            var categories = _categories
                .Select((category, i) => Key(Words(category), Palette.OfCategory(category, i), isHatched: false, category));
            // Upright bars have their legend from the top of the stack, so what comes first here ends up last.
            return _horizontal ? categories.Concat(kinds.AsEnumerable().Reverse()) : kinds.Concat(categories);
        }

        private BarTrace Key(string name, string color, bool isHatched, string? group = null) => new()
        {
            Name = name,
            Color = color,
            X = new[] { double.NaN },
            Y = new[] { double.NaN },
            Horizontal = _horizontal,
            Hatched = [isHatched],
            LegendGroup = group,
            HoverTemplate = "",
        };

        /// <summary>The sums, at the ends of the bars.</summary>
        private IEnumerable<Annotation> Totals() => _bars.Zip(_places, (bar, place) =>
        {
            var (total, text) = (bar.TotalBytes / _unit.Bytes, TotalText(bar));
            return _horizontal
                ? new Annotation(text, total, place) { XAnchor = "left", YAnchor = "middle", Shift = (4, 0), OnWhite = true }
                : new Annotation(text, place, total) { Shift = (0, 1), OnWhite = true };
        });

        /// <summary>Upright bars are narrow: there the axis alone names the unit.</summary>
        private string TotalText(MemoryBar bar)
        {
            var total = bar.TotalBytes / _unit.Bytes;
            var format = _unit.Name == "GiB" ? "N2" : total >= 1000 ? "N0" : "N1";
            var text = total.ToString(format, CultureInfo.InvariantCulture) + (_horizontal ? $" {_unit.Name}" : "");
            var note = bar.Note is null ? "" : $"  <span style=\"color:{Palette.Muted}\">{bar.Note}</span>";
            return (bar.IsPrediction ? text : $"<b>{text}</b>") + note;
        }

        private PlotValues Across(IEnumerable<double> sizes) => PlotValues.Of(_horizontal ? sizes : _places);

        private PlotValues Along(IEnumerable<double> sizes) => PlotValues.Of(_horizontal ? _places : sizes);

        public Layout Layout(string title, string? subtitle)
        {
            var longest = Math.Max(_bars.Max(bar => bar.TotalBytes), _limit ?? 0) / _unit.Bytes;
            // Totals stand beyond the ends of the bars and need room there.
            var size = new Axis { Title = $"memory ({_unit.Words})", Range = (0, longest * (!_horizontal ? 1.1 : _bars.Any(bar => bar.Note is not null) ? 1.3 : 1.2)) };
            var wrap = _horizontal ? 34 : Math.Max(9, 90 / _groups.Count);
            var groups = new Axis
            {
                TickValues = [.. Enumerable.Range(0, _groups.Count).Select(i => (double)i)],
                TickText = [.. _groups.Select(group => Label(group, wrap))],
                Range = _horizontal ? (_groups.Count - 0.5, -0.5) : (-0.5, _groups.Count - 0.5),
                ShowGrid = false,
            };
            return new Layout
            {
                Title = title,
                Subtitle = subtitle,
                BarMode = "stack",
                LegendFromTop = !_horizontal,
                ShowLegend = true,
                XAxis = _horizontal ? size : groups,
                YAxis = _horizontal ? groups : size,
                // Many bars are thinner, so that a ladder still fits on a screen.
                Height = _horizontal ? Math.Max(400, 150 + (_bars.Count > 12 ? 27 : 34) * _bars.Count) : 460,
                Shapes = _limit is null ? [] : [LimitLine(_limit.Value / _unit.Bytes)],
                Annotations = [.. _limit is null ? [] : new[] { LimitText(_limit.Value) }, .. Totals()],
            };
        }

        private Shape LimitLine(double at) => _horizontal ? Shape.VerticalLine(at, Palette.Limit) : Shape.HorizontalLine(at, Palette.Limit);

        private Annotation LimitText(long bytes) => _horizontal
            ? new($"budget {ByteUnits.Format(bytes)}", bytes / _unit.Bytes, 1) { YAxis = "paper", Color = Palette.Limit }
            : new($"budget {ByteUnits.Format(bytes)}", 1, bytes / _unit.Bytes)
            {
                XAxis = "paper",
                XAnchor = "right",
                Shift = (0, 3),
                OnWhite = true,
                Color = Palette.Limit,
            };

        public string Table()
        {
            var both = _bars.Select(bar => bar.IsPrediction).Distinct().Count() > 1;
            string[] headers = ["", .. _categories.Select(Words), "total"];
            var rows = _bars.Select(bar => (IReadOnlyList<string>)
            [
                both ? $"{bar.Group}, {bar.Kind}" : bar.Group,
                .. _categories.Select(category => ByteUnits.Table(Units(bar, category))),
                ByteUnits.Table(bar.TotalBytes / _unit.Bytes),
            ]);
            return TextTable.Format(headers, [.. rows]) + $"\n({_unit.Words})";
        }
    }

    /// <summary>The words of a category's name: OptimizerState is optimizer state.</summary>
    internal static string Words(string category) =>
        string.Concat(category.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>A text broken into lines of about so many characters, as a figure shows it.</summary>
    internal static string Label(string text, int width) => FigureText.Escape(Wrap(text, width)).Replace("\n", "<br>");

    private static string Wrap(string text, int width)
    {
        var (result, column) = ("", 0);
        foreach (var word in text.Split(' '))
        {
            var breaks = column > 0 && column + 1 + word.Length > width;
            result += (column == 0 ? "" : breaks ? "\n" : " ") + word;
            column = breaks || column == 0 ? word.Length : column + 1 + word.Length;
        }
        return result;
    }
}
