using System.CommandLine;
using PeftLabs.Cli;

namespace PeftLabs.Tests.Cli;

public sealed class LauncherTests
{
    private readonly StringWriter _error = new();

    private Task<int> RunAsync(Exception? exception, params string[] arguments)
    {
        var command = new Command("work");
        command.SetAction((_, _) => exception is null ? Task.FromResult(7) : throw exception);
        return Launcher.RunAsync(["work", .. arguments], _error, command);
    }

    [Fact]
    public async Task Command_decides_the_exit_code() => Assert.Equal(7, await RunAsync(null));

    public static readonly TheoryData<Exception, string> Errors = new()
    {
        { new FileNotFoundException("No file x.json."), "error: No file x.json.\n" },
        { new InvalidDataException("one\n  two"), "error: one two\n" },
        { new ArgumentException("Rank is 0.", "options"), "error: Rank is 0.\n" },
        { new AggregateException(new IOException("disk full")), "error: disk full\n" },
        { new PeftLabs.Notebooks.NotebookException("n.ipynb: no"), "error: n.ipynb: no\n" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public async Task Error_is_one_line(Exception exception, string expected)
    {
        Assert.Equal(ExitCode.Failed, await RunAsync(exception));
        Assert.Equal(expected, _error.ToString());
    }

    [Fact]
    public async Task Defect_names_its_type_and_where_to_look()
    {
        Assert.Equal(ExitCode.Failed, await RunAsync(new InvalidOperationException("oops")));
        Assert.StartsWith("error: InvalidOperationException: oops\nThis is a defect of the kit; --verbose", _error.ToString());
    }

    [Fact]
    public async Task Verbose_shows_the_trace()
    {
        await RunAsync(new InvalidDataException("bad"), "--verbose");

        Assert.StartsWith("error: bad\nSystem.IO.InvalidDataException: bad\n   at ", _error.ToString());
    }

    [Fact]
    public async Task Cancelled_is_130() => Assert.Equal(ExitCode.Interrupted, await RunAsync(new OperationCanceledException()));

    [Fact]
    public async Task Misunderstood_is_2()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(null, "--nope"));
        Assert.Contains("'--nope'", _error.ToString());
    }
}
