using System.Globalization;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The figures of what quantization costs.</summary>
internal static class QuantizationCharts
{
    public static Figure Cost(IReadOnlyList<FormatCost> costs)
    {
        Check(costs);
        return new Figure
        {
            Traces = [new ScatterTrace
            {
                Name = "formats",
                Color = Palette.Series[0],
                Mode = "markers+text",
                MarkerSize = 10,
                ShowLegend = false,
                X = PlotValues.Of(costs.Select(c => c.BytesPerWeight)),
                Y = PlotValues.Of(costs.Select(c => c.Perplexity)),
                Text = [.. costs.Select(c => c.Format.Name)],
                HoverTemplate = "%{text}: %{x:.4f} bytes a weight, perplexity %{y:.4f}",
            }],
            Layout = new Layout
            {
                Title = "What quantization costs",
                Subtitle = "the projections of the blocks in each format; embedding, head and norms as they were",
                XAxis = new Axis { Title = "bytes a weight", FromZero = true },
                YAxis = new Axis { Title = "perplexity" },
            },
            Values = TextTable.Format(["format", "bytes a weight", "predicted", "perplexity", "mean KL (nats)", "relative error"],
                [.. costs.Select(c => (IReadOnlyList<string>)[c.Format.Name, Text(c.BytesPerWeight, "0.0000"),
                    Text((double)c.PredictedBytes / c.Weights, "0.0000"), Text(c.Perplexity, "0.0000"), Text(c.MeanKl, "0.0e+00"), Text(c.RelativeError, "0.000000")])]),
        };
    }

    public static Figure ErrorByLayer(IReadOnlyList<FormatCost> costs)
    {
        Check(costs);
        return new Figure
        {
            Traces = [.. costs.Index().Select(c => Line(c.Item, c.Index))],
            Layout = new Layout
            {
                Title = "Error of the stored weights by layer",
                Subtitle = "root-mean-square error relative to the weights' root mean square",
                HoverMode = "x unified",
                ShowLegend = true,
                XAxis = new Axis { Title = "layer", ShowGrid = false },
                YAxis = new Axis { Title = "relative error", FromZero = true },
            },
            Values = TextTable.Format(["layer", .. costs.Select(c => c.Format.Name)],
                [.. costs[0].ErrorByLayer.Index().Select(layer => (IReadOnlyList<string>)
                    [$"{layer.Index}", .. costs.Select(c => Text(c.ErrorByLayer[layer.Index], "0.000000"))])]),
        };
    }

    private static ScatterTrace Line(FormatCost cost, int index) => new()
    {
        Name = cost.Format.Name,
        Color = Palette.Series[index % Palette.Series.Count],
        Mode = "lines+markers",
        X = PlotValues.Of(cost.ErrorByLayer.Index().Select(e => (double)e.Index)),
        Y = PlotValues.Of(cost.ErrorByLayer),
        HoverTemplate = "%{y:.5f}",
    };

    private static void Check(IReadOnlyList<FormatCost> costs)
    {
        if (costs.Count == 0)
            throw new ArgumentException("There are no formats to draw; measure at least one.", nameof(costs));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
