using System.Globalization;
using PeftLabs.Plotting;
using PeftLabs.Quantization;
using TorchSharp;

namespace PeftLabs.Labs;

/// <summary>How a matrix's weights, each divided by the largest of its block, lie over the levels of a 4-bit code book.</summary>
public static class LevelHistogram
{
    /// <summary>The figure: the weights as bars, the levels as marks below them; its values count the weights nearest to each level.</summary>
    public static Figure Of(string title, StoredWeight weight, CodeBook4 book, int blockSize = 64)
    {
        var values = Normalized(weight, blockSize);
        var levels = book.Levels.ToArray().Select(l => (double)l).Order().ToArray();
        var bars = Histogram.Of(values, 81, "weights", Palette.OfCategory("Weights"));
        return new Figure
        {
            Traces =
            [
                bars,
                new ScatterTrace
                {
                    Name = $"{book.Name}'s levels", Mode = "markers", MarkerSymbol = "diamond", MarkerSize = 9, Color = Palette.Series[1],
                    X = levels, Y = PlotValues.Of(levels.Select(_ => 0.0)), HoverTemplate = "%{x:.4f}",
                },
            ],
            Layout = new Layout
            {
                Title = title,
                Subtitle = $"each weight over the largest of its block of {blockSize}",
                XAxis = new Axis { Title = "weight / largest of its block", ShowGrid = false },
                YAxis = new Axis { Title = "weights" },
                ShowLegend = true,
            },
            Values = Table(values, levels),
        };
    }

    private static List<double> Normalized(StoredWeight weight, int blockSize)
    {
        using var matrix = weight.Decode(0, weight.Rows);
        var flat = matrix.data<float>().ToArray();
        return [.. flat.Chunk(blockSize).SelectMany(block =>
        {
            var largest = block.Max(MathF.Abs);
            return block.Select(w => largest == 0 ? 0 : (double)w / largest);
        })];
    }

    private static string Table(List<double> values, double[] levels)
    {
        var nearest = values.CountBy(v => levels.MinBy(l => Math.Abs(l - v))).ToDictionary();
        return TextTable.Format(["level", "weights nearest to it", "share"], [.. levels.Select(l => (IReadOnlyList<string>)
        [
            l.ToString("0.0000", CultureInfo.InvariantCulture), $"{nearest.GetValueOrDefault(l)}",
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * nearest.GetValueOrDefault(l) / values.Count:0.0} %"),
        ])]);
    }
}
