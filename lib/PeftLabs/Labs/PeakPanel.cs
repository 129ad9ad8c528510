using PeftLabs.Memory;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The largest allocations alive at a peak, a thin bar below a line of text each, below another figure.</summary>
internal sealed class PeakPanel
{
    private const int RowHeight = 36, FigureHeight = 340, Gap = 90;

    private readonly IReadOnlyList<PeakAllocation> _shown;
    private readonly (string Name, string Words, double Bytes) _unit;
    private readonly int _left;

    public PeakPanel(IReadOnlyList<PeakAllocation> allocations, int largest)
    {
        _shown = [.. allocations.Take(largest)];
        _left = allocations.Skip(largest).Sum(a => a.Count);
        _unit = ByteUnits.ForAxis(_shown.Select(a => a.Bytes).DefaultIfEmpty(0).Max());
    }

    /// <summary>The figure with the panel.</summary>
    public Figure Below(Figure figure)
    {
        var (panel, all) = (RowHeight * Math.Max(1, _shown.Count), FigureHeight + Gap + RowHeight * Math.Max(1, _shown.Count));
        var layout = figure.Layout;
        return figure with
        {
            Traces = [.. figure.Traces, .. _shown.Select(a => a.Category).Distinct().Order().Select(Bars)],
            Layout = layout with
            {
                Height = all + 140,
                BarMode = "overlay",
                Shapes = [.. layout.Shapes.Select(shape => shape with { OfFirstPlot = true })],
                YAxis = layout.YAxis with { Domain = ((panel + Gap) / (double)all, 1) },
                XAxis = layout.XAxis with { Anchor = "y" },
                MoreAxes = new Dictionary<string, Axis>
                {
                    ["xaxis2"] = new() { Anchor = "y2", FromZero = true, Title = $"alive at the peak ({_unit.Words})" },
                    ["yaxis2"] = new()
                    {
                        Anchor = "x2",
                        Domain = (0, panel / (double)all),
                        Range = (Math.Max(1, _shown.Count) - 0.5, -0.5),
                        ShowGrid = false,
                        ShowTicks = false,
                    },
                },
                Annotations = [.. layout.Annotations, .. _shown.Index().Select(a => Label(a.Item, a.Index))],
            },
            Values = $"{figure.Values}\n\n{ProfileTables.Allocations(_shown, _shown.Count)}" + (_left > 0 ? $"\n({_left} more allocations)" : ""),
        };
    }

    private BarTrace Bars(MemoryCategory category)
    {
        var own = _shown.Index().Where(a => a.Item.Category == category).ToList();
        return new()
        {
            Name = MemoryNames.Of(category),
            Color = Palette.OfCategory(category.ToString()),
            Horizontal = true,
            XAxis = "x2",
            YAxis = "y2",
            Width = 0.3,
            X = PlotValues.Of(own.Select(a => a.Item.Bytes / _unit.Bytes)),
            Y = PlotValues.Of(own.Select(a => a.Index + 0.22)),
            CustomData = [.. own.Select(a => $"{FigureText.Escape(a.Item.Where)}<br>{FigureText.Escape(a.Item.Code)}<br><b>{ByteUnits.Format(a.Item.Bytes)}</b>, {a.Item.Count} × {ByteUnits.Format(a.Item.BytesEach)}")],
            HoverTemplate = "%{customdata}",
        };
    }

    private static Annotation Label(PeakAllocation allocation, int row)
    {
        var size = allocation.Count == 1 ? ByteUnits.Format(allocation.Bytes)
            : $"{ByteUnits.Format(allocation.Bytes)}</b> = {allocation.Count} × {ByteUnits.Format(allocation.BytesEach)}<b>";
        return new($"<span style=\"font-size:11.5px\"><b>{size}</b>  {FigureText.Escape(allocation.Where)}</span>"
            + $"<span style=\"font-size:10.5px;color:{Palette.Muted}\">  {FigureText.Escape(allocation.Code)}</span>", 0, row + 0.05)
        {
            XAxis = "x2",
            YAxis = "y2",
            XAnchor = "left",
        };
    }
}
