using PeftLabs.Plotting;

namespace PeftLabs.Tests.Plotting;

public class FlameGraphTests
{
    private static FlameNode Node(string name, double size, params FlameNode[] children) =>
        new(name, size, "#ECEEF1", $"{name}: <b>{size}</b>") { Children = children };

    private static BarTrace Bars(FlameNode whole) => (BarTrace)FlameGraph.Create("t", whole, "x", []).Traces[0];

    [Fact]
    public void Flame_graph_of_a_step() => Goldens.Check("flame", FlameGraph.Create(
        "Where a step's time goes",
        Node("a step: 4 s", 4,
            Node("Forward: 1.5 s", 1.5, Node("block × 2", 1.25, Node("q_proj", 0.5), Node("attention", 0.75)), Node("loss", 0.25)),
            Node("Backward: 2.5 s", 2.5, Node("block × 2", 2.25, Node("q_proj", 0.15) with { ShortNames = ["q"] }))),
        "seconds a step", [("operators", "#ECEEF1"), ("unseen", "#123456")], "what is below none is its own", "Forward   1.5\nBackward  2.5"));

    [Fact]
    public void Every_part_lies_within_what_it_is_part_of_and_beside_its_neighbours()
    {
        var bars = Bars(Node("all", 10, Node("a", 4, Node("a1", 3), Node("a2", 1)), Node("b", 5)));
        var placed = bars.Text!.Zip(bars.Base!, (name, start) => (name, start)).Zip(bars.X.Cast<double>(), (bar, size) => (bar.name, bar.start, size))
            .Zip(bars.Y.Cast<double>(), (bar, level) => (bar.name, bar.start, bar.size, level));
        Assert.Equal([("all", 0.0, 10.0, 0.0), ("a", 0, 4, 1), ("a1", 0, 3, 2), ("a2", 3, 1, 2), ("b", 4, 5, 1)], placed);
    }

    [Fact]
    public void Part_too_small_to_be_seen_leaves_its_place_empty()
    {
        var bars = Bars(Node("all", 10_000, Node("tiny", 1), Node("rest", 9_999)));
        Assert.Equal(["all", "rest"], bars.Text);
        Assert.Equal([0.0, 1], bars.Base);
    }

    [Theory]
    [InlineData(50, "self-attention")]
    [InlineData(10, "self-<br>attention")]
    [InlineData(4, "attn")]
    [InlineData(1, "")]
    public void Label_is_the_longest_that_fits(double size, string label)
    {
        var bars = Bars(Node("all", 100, Node("self-attention", size) with { ShortNames = ["attn"] }));
        Assert.Equal(label, bars.Text![1]);
    }

    [Fact]
    public void Legend_names_the_colours_that_are_there()
    {
        var figure = FlameGraph.Create("t", Node("all", 1), "x", [("groups", "#ECEEF1"), ("absent", "#000000")]);
        Assert.Equal(["groups"], figure.Traces.Skip(1).Select(trace => trace.Name));
    }

    [Fact]
    public void Whole_of_nothing_is_refused() =>
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => Bars(Node("all", 0))).Message);
}
