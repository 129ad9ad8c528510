using System.Text.RegularExpressions;
using PeftLabs.Cli.Commands;

namespace PeftLabs.Tests.Cli;

public sealed class LabHelpTests : IDisposable
{
    private static readonly string[] OfTheScript = ["build", "setup", "test"];

    private readonly LabScript _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("help")]
    public void Help_lists_every_command(params string[] arguments)
    {
        var result = _lab.Run(arguments);

        var listed = Regex.Matches(result.Output, "^  ([a-z]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal(AllCommands.Create().Select(c => c.Name).Concat(OfTheScript).Order(), listed.Order());
        Assert.Empty(_lab.Calls);
    }

    [Fact]
    public void Version_is_that_of_the_build()
    {
        Assert.Equal($"lab {PeftLabs.Cli.Installation.Version}\n", _lab.Run(["--version"]).Output);
    }

    [Theory]
    [InlineData("tset", "Did you mean ./lab test?")]
    [InlineData("doctr", "Did you mean ./lab doctor?")]
    [InlineData("xyzzy", "there is no command 'xyzzy'. ./lab --help")]
    public void Unknown_command_gets_a_suggestion_and_no_build(string command, string expected)
    {
        var result = _lab.Run([command]);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error);
        Assert.Empty(_lab.Calls);
    }

    [Theory]
    [InlineData("there is no option --fats", "--fats", "test")]
    [InlineData("test knows no '--fats'", "test", "--fats")]
    [InlineData("setup knows no '--image'", "setup", "--image")]
    public void Unknown_option_is_refused(string expected, params string[] arguments)
    {
        var result = _lab.Run(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error);
    }
}
