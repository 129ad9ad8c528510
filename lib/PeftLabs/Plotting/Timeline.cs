namespace PeftLabs.Plotting;

/// <summary>Memory over time, on a ground whose colours say which stage ran.</summary>
public static class Timeline
{
    private const int MaxPoints = 1200;
    private const int MaxBands = 400;

    /// <summary>Makes the figure.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="points">The memory in use, in order of time. Many are thinned so that every peak and trough stays.</param>
    /// <param name="bands">The stages, in order of time. Where there are very many, only the first are drawn.</param>
    /// <param name="subtitle">A smaller line below the title.</param>
    /// <param name="predictedPeakBytes">A predicted peak, drawn as a line.</param>
    /// <exception cref="ArgumentException">There are no points.</exception>
    public static Figure Create(
        string title,
        IReadOnlyList<MemoryPoint> points,
        IReadOnlyList<StageBand> bands,
        string? subtitle = null,
        long? predictedPeakBytes = null)
    {
        if (points.Count == 0) throw new ArgumentException("A timeline needs at least one point.", nameof(points));
        var unit = ByteUnits.ForAxis(Math.Max(points.Max(point => point.Bytes), predictedPeakBytes ?? 0));
        var top = Math.Max(points.Max(point => point.Bytes), predictedPeakBytes ?? 0) / unit.Bytes * 1.12;
        var start = points[0].Seconds;
        var stages = bands.Select(band => band.Stage).Distinct().ToList();
        return new Figure
        {
            Traces =
            [
                Line(Thin(points), unit.Bytes),
                .. Prediction(predictedPeakBytes, points, unit.Bytes),
                .. stages.Select(StageKey),
                Peak(points, unit.Bytes),
            ],
            Layout = new Layout
            {
                Title = title,
                Subtitle = subtitle,
                XAxis = new Axis { Title = "seconds", ShowGrid = false, Range = (start, Math.Max(points[^1].Seconds, start + 1e-6)) },
                YAxis = new Axis { Title = $"memory ({unit.Words})", Range = (0, top) },
                ShowLegend = true,
                Shapes = [.. bands.Take(MaxBands).Select(band => Band(band, stages))],
            },
            Values = Table(points, bands, stages, predictedPeakBytes),
        };
    }

    private static ScatterTrace Line(IReadOnlyList<MemoryPoint> points, double unit) => new()
    {
        Name = "in use",
        Color = Palette.Ink,
        LineShape = "hv",
        LineWidth = 1.6,
        FillColor = "rgba(36, 41, 47, 0.10)",
        X = PlotValues.Of(points.Select(point => point.Seconds)),
        Y = PlotValues.Of(points.Select(point => point.Bytes / unit)),
        CustomData = [.. points.Select(point => ByteUnits.Format(point.Bytes))],
        HoverTemplate = "%{x:.3f} s: <b>%{customdata}</b>",
    };

    /// <summary>The highest point, marked and labelled on the side where there is room.</summary>
    private static ScatterTrace Peak(IReadOnlyList<MemoryPoint> points, double unit)
    {
        var peak = points.MaxBy(point => point.Bytes);
        return new ScatterTrace
        {
            Name = "peak",
            Mode = "markers+text",
            Color = Palette.Limit,
            X = new[] { peak.Seconds },
            Y = new[] { peak.Bytes / unit },
            Text = [$"<b>peak {ByteUnits.Format(peak.Bytes)}</b>"],
            TextPosition = IsPeakEarly(points) ? "top right" : "top left",
            ShowLegend = false,
            HoverTemplate = "",
        };
    }

    private static ScatterTrace StageKey(string stage, int index) => new()
    {
        Name = stage,
        Mode = "markers",
        Color = Palette.OfStage(stage, index),
        MarkerSymbol = "square",
        MarkerSize = 14,
        X = new[] { double.NaN },
        Y = new[] { double.NaN },
        HoverTemplate = "",
    };

    private static Shape Band(StageBand band, List<string> stages) =>
        Shape.VerticalBand(band.FromSeconds, band.ToSeconds, Palette.OfStage(band.Stage, stages.IndexOf(band.Stage)));

    /// <summary>A line over the whole width, named in the legend, where no curve can run into the words.</summary>
    private static IEnumerable<Trace> Prediction(long? bytes, IReadOnlyList<MemoryPoint> points, double unit) => bytes is null ? [] :
    [
        new ScatterTrace
        {
            Name = $"predicted peak<br>{ByteUnits.Format(bytes.Value)}",
            Color = Palette.Series[0],
            LineDash = "dash",
            X = new[] { points[0].Seconds, points[^1].Seconds },
            Y = new[] { bytes.Value / unit, bytes.Value / unit },
            HoverTemplate = "",
        },
    ];

    private static bool IsPeakEarly(IReadOnlyList<MemoryPoint> points) =>
        points.MaxBy(point => point.Bytes).Seconds <= (points[0].Seconds + points[^1].Seconds) / 2;

    /// <summary>Of each stretch of time, the first point, the lowest and the highest: what remains has the outline of all.</summary>
    private static IReadOnlyList<MemoryPoint> Thin(IReadOnlyList<MemoryPoint> points)
    {
        if (points.Count <= MaxPoints) return points;
        var (start, span) = (points[0].Seconds, points[^1].Seconds - points[0].Seconds);
        const int stretches = MaxPoints / 3;
        return
        [
            .. points.GroupBy(point => (int)((point.Seconds - start) / span * stretches))
                .SelectMany(group => new[] { group.First(), group.MinBy(point => point.Bytes), group.MaxBy(point => point.Bytes) }
                    .Distinct().OrderBy(point => point.Seconds)),
            points[^1],
        ];
    }

    private static string Table(IReadOnlyList<MemoryPoint> points, IReadOnlyList<StageBand> bands, List<string> stages, long? predictedPeak)
    {
        var rows = stages.Select(stage =>
        {
            var own = bands.Where(band => band.Stage == stage).ToList();
            bool IsIn(MemoryPoint point) => own.Any(band => band.FromSeconds <= point.Seconds && point.Seconds <= band.ToSeconds);
            var bytes = points.Where(IsIn).Select(point => point.Bytes);
            return Row(stage, own.Count, own.Sum(band => band.ToSeconds - band.FromSeconds), bytes.DefaultIfEmpty(0).Max());
        });
        var all = Row("all", 1, points[^1].Seconds - points[0].Seconds, points.Max(point => point.Bytes));
        IReadOnlyList<string>[] prediction = predictedPeak is null ? [] : [["predicted", "", "", ByteUnits.Format(predictedPeak.Value)]];
        return TextTable.Format(["stage", "times", "seconds", "peak"], [.. rows, all, .. prediction])
            + "\n(MiB = 1024² bytes, GiB = 1024³ bytes)";
    }

    private static IReadOnlyList<string> Row(string name, int times, double seconds, long peak) =>
        [name, $"{times}", seconds.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture), ByteUnits.Format(peak)];
}
