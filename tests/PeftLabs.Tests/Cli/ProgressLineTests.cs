using PeftLabs.Cli;

namespace PeftLabs.Tests.Cli;

public class ProgressLineTests
{
    [Fact]
    public void A_shorter_line_leaves_nothing_of_a_longer_one()
    {
        using var terminal = new StringWriter();
        using var line = new ProgressLine(terminal, terminal: true);
        line.Show(new string('x', 120), 1);
        line.Show("short", 2);
        line.Dispose();
        var written = terminal.ToString().Split('\r');
        Assert.Equal((120, 120), (written[1].Length, written[2].Length));
        Assert.StartsWith("short ", written[2]);
        Assert.Equal(new string(' ', 79), written[3]);
        Assert.False(ProgressLine.IsTerminal(terminal));
    }

    [Fact]
    public void Elsewhere_each_step_is_a_line_once()
    {
        using var lines = new StringWriter { NewLine = "\n" };
        using var line = new ProgressLine(lines, terminal: false);
        foreach (var step in new[] { 1, 1, 2 })
            line.Show($"{step}", step);
        Assert.Equal("1\n2\n", lines.ToString());
    }
}
