using PeftLabs.Cli;
using PeftLabs.Cli.Commands;

namespace PeftLabs.Tests.Cli;

/// <summary>The lab command within this process; what uses it must not run beside other tests, since it takes the console.</summary>
public static class Lab
{
    /// <summary>Runs a command line and gives its exit code and what it wrote.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var (output, error, console) = (new StringWriter(), new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            var code = await Launcher.RunAsync(arguments, error, AllCommands.Create());
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
