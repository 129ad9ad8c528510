using PeftLabs.Cli;
using PeftLabs.Cli.Commands;

namespace PeftLabs.Tests.Cli;

/// <summary>What a lab command wrote, run in this process.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>Runs a command with what is typed or piped in; tests that use it are not run beside each other.</summary>
    public static async Task<CommandRun> RunAsync(string input, params string[] arguments)
    {
        var (output, error, console, typed) = (new StringWriter(), new StringWriter(), Console.Out, Console.In);
        Console.SetOut(output);
        Console.SetIn(new StringReader(input));
        try
        {
            return new(await Launcher.RunAsync(arguments, error, AllCommands.Create()), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
            Console.SetIn(typed);
        }
    }
}
