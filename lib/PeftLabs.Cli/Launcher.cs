using System.CommandLine;
using System.CommandLine.Invocation;

namespace PeftLabs.Cli;

/// <summary>Runs the commands the same way: Ctrl-C cancels, an error is one line, and the exit code says which kind it was.</summary>
public static class Launcher
{
    /// <summary>How long a cancelled command may take to end in order before the process ends anyway.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show the whole trace of an error",
        Recursive = true,
    };

    /// <summary>Parses <paramref name="args"/> and runs the command that they name.</summary>
    /// <returns>One of <see cref="ExitCode"/>, or what the command returned.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter error, params Command[] commands)
    {
        var root = new RootCommand("Shows where the memory of LLM fine-tuning goes, and makes it small.") { Verbose };
        foreach (var command in commands)
            root.Add(command);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
            return Misunderstood(parsed, error);
        var settings = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = parsed.CommandResult.Command is InteractiveCommand ? null : Grace,
            Error = error,
        };
        try
        {
            return await parsed.InvokeAsync(settings);
        }
        catch (Exception exception)
        {
            return Report(exception, error, parsed.GetValue(Verbose));
        }
    }

    private static int Misunderstood(ParseResult parsed, TextWriter error)
    {
        parsed.Invoke(new InvocationConfiguration { Output = error, Error = error });
        return ExitCode.Usage;
    }

    private static int Report(Exception exception, TextWriter error, bool verbose)
    {
        if (exception is OperationCanceledException)
        {
            error.WriteLine("interrupted");
            return ExitCode.Interrupted;
        }
        error.WriteLine($"error: {ErrorLine.Of(exception)}");
        if (verbose)
            error.WriteLine(exception);
        else if (!ErrorLine.IsForTheUser(exception))
            error.WriteLine("This is a defect of the kit; --verbose shows where it happened.");
        return ExitCode.Failed;
    }
}
