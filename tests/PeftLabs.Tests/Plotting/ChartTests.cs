using System.Text.Json.Nodes;
using PeftLabs.Plotting;

namespace PeftLabs.Tests.Plotting;

public class ChartTests
{
    [Fact]
    public void Stacked_bars_of_stages() => Goldens.Check("stages", SampleFigures.Stages());

    [Fact]
    public void Stacked_bars_of_the_ladder() => Goldens.Check("ladder", SampleFigures.Ladder());

    [Fact]
    public void Bars_in_a_grid_of_techniques_and_stages() => Goldens.Check("grid", SampleFigures.Grid());

    [Fact]
    public void A_grid_without_rows_or_with_a_bar_outside_is_refused()
    {
        var bytes = new Dictionary<string, long> { ["Weights"] = 1 };
        Assert.Throws<ArgumentException>(() => BarGrid.Create("t", [], ["a"], []));
        Assert.Throws<ArgumentException>(() => BarGrid.Create("t", ["r"], ["a"], [new(0, 1, bytes)]));
    }

    [Fact]
    public void A_note_stands_after_the_sum_of_its_bar()
    {
        var figure = StackedBars.Create("t", [new("a", new Dictionary<string, long> { ["Weights"] = 3 << 20 }) { Note = "−40 %" }], horizontal: true);
        Assert.Matches("<b>3.0 MiB</b>.*−40 %", Assert.Single(figure.Layout.Annotations).Text);
    }

    [Fact]
    public void Timeline_of_a_step() => Goldens.Check("timeline", SampleFigures.Steps());

    [Fact]
    public void A_run_s_validation_losses_are_points_of_their_own_in_figure_and_table()
    {
        var figure = LossCurves.Create("t", [new("a", [3, 2, 1]) { Validation = [(2, 2.5)] }, new("b", [4, 3, 2])]);
        Assert.Equal(["a", "a, held out", "b"], figure.Traces.Cast<ScatterTrace>().Select(trace => trace.Name));
        Assert.Matches("2 +2.0000 +2.5000 +3.0000", figure.Values);
    }

    [Fact]
    public void Loss_curves_of_two_runs() => Goldens.Check("losses", SampleFigures.Losses());

    [Fact]
    public void Category_has_its_colour_whatever_stands_beside_it()
    {
        var alone = StackedBars.Create("t", [new("a", new Dictionary<string, long> { ["Activations"] = 1 << 20 })]);
        Assert.Equal("#009E73", (string?)JsonNode.Parse(alone.ToJson())!["data"]![0]!["marker"]!["color"]);
        Assert.Equal("#009E73", Palette.OfCategory("Activations"));
    }

    [Fact]
    public void Bars_without_bars_are_refused() => Assert.Throws<ArgumentException>(() => StackedBars.Create("t", []));

    [Fact]
    public void Thinned_timeline_keeps_peak_trough_and_ends()
    {
        MemoryPoint[] points = [.. Enumerable.Range(0, 50_000)
            .Select(i => new MemoryPoint(i, i == 31_234 ? 9 << 20 : i == 7 ? 0 : 1 << 20))];
        var line = Timeline.Create("t", points, []).Traces[0];
        Assert.True(line.X.Count <= 1201, $"{line.X.Count} points");
        Assert.Contains(9.0, line.Y);
        Assert.Contains(0.0, line.Y);
        Assert.Equal((0.0, 49_999.0), ((double)line.X[0], (double)line.X[^1]));
        Assert.Equal(line.X.Cast<double>().Order(), line.X.Cast<double>());
    }

    [Fact]
    public void Long_loss_is_smoothed_without_shifting_a_slope()
    {
        double[] losses = [.. Enumerable.Range(0, 100).Select(i => 5 - 0.01 * i)];
        var smooth = LossCurves.Create("t", [new("r", losses)]).Traces[^1];
        Assert.All(smooth.Y.Cast<double>().Zip(losses), pair => Assert.Equal(pair.Second, pair.First, 9));
    }
}
