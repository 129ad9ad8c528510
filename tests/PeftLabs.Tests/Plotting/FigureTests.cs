using System.Text.Json.Nodes;
using PeftLabs.Notebooks.Formatting;
using PeftLabs.Plotting;

namespace PeftLabs.Tests.Plotting;

public class FigureTests
{
    [Fact]
    public void Traces_axes_and_marks_are_plotly_json() => Goldens.Check("figure", new Figure
    {
        Traces =
        [
            new BarTrace { Name = "bars", X = new[] { "a", "b" }, Y = new[] { 1.0, 2.0 }, Errors = [0.1, 0.2], Text = ["x", "y"] },
            new ScatterTrace
            {
                Name = "line",
                X = new[] { 1, 2 },
                Y = new[] { 0.123456789, double.NaN },
                XAxis = "x2",
                YAxis = "y2",
                Mode = "lines+markers",
            },
        ],
        Layout = new Layout
        {
            Title = "Two scales",
            YAxis = new Axis { Title = "bytes", Domain = (0, 0.45) },
            MoreAxes = new Dictionary<string, Axis>
            {
                ["xaxis2"] = new() { Anchor = "y2" },
                ["yaxis2"] = new() { Title = "loss", Logarithmic = true, Domain = (0.55, 1), Anchor = "x2" },
            },
            Annotations = [new("here", 1, 2) { Arrow = true }],
            Shapes = [Shape.VerticalBand(0, 1, "#eeeeee"), Shape.HorizontalLine(1.5, "#ff0000")],
        },
    });

    [Fact]
    public void Unequal_lengths_are_refused_with_the_trace_s_name()
    {
        var figure = new Figure { Traces = [new BarTrace { Name = "odd", X = new[] { 1, 2 }, Y = new[] { 1 } }] };
        Assert.Contains("odd", Assert.Throws<ArgumentException>(figure.ToJson).Message);
    }

    [Fact]
    public void Figure_shows_itself_by_the_convention_of_notebooks()
    {
        var bundle = Formatter.Format(SampleFigures.Losses());
        Assert.Equal(["application/vnd.plotly.v1+json", "text/html", "text/plain"], bundle.MimeTypes);
        Assert.Equal("Loss", (string?)JsonNode.Parse(bundle["application/vnd.plotly.v1+json"]!)!["layout"]!["title"]!["text"]);
        Assert.StartsWith("Loss\nstep    LoRA    full\n", bundle["text/plain"]);
    }

    [Fact]
    public void Html_cannot_be_broken_by_a_title()
    {
        var figure = new Figure { Traces = [], Layout = new Layout { Title = "</script><script>alert(1)</script>" } };
        Assert.Equal(1, figure.ToHtml().Split("</script>").Length - 1);
    }

    [Fact]
    public void Histogram_counts_every_value_once()
    {
        var bars = Histogram.Of([0, 0.1, 0.9, 1, double.NaN, 0.5], bins: 2);
        Assert.Equal([2.0, 3.0], bars.Y.Cast<double>());
        Assert.Equal([0.25, 0.75], bars.X.Cast<double>());
    }

    [Fact]
    public void Histogram_of_one_value_has_one_bin_that_holds_it() => Assert.Equal([1.0, 0.0], Histogram.Of([5], bins: 2).Y.Cast<double>());

    [Fact]
    public void Heatmap_reads_as_a_table() =>
        Assert.Equal("Heat\nrow    0  1\n---  ---  -\n0      1  2\n1    3.5  4\n(loss)",
            Heatmap.Create("Heat", new[,] { { 1, 2 }, { 3.5, 4 } }, "loss").ToText());

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(45 * 1024 * 1024 + 600_000, "45.6 MiB")]
    [InlineData(1536L * 1024 * 1024, "1.50 GiB")]
    [InlineData(-2048, "-2.00 KiB")]
    public void Bytes_are_written_in_units_of_1024(long bytes, string text) => Assert.Equal(text, ByteUnits.Format(bytes));
}
