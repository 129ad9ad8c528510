using System.CommandLine;
using System.Runtime.InteropServices;
using TorchSharp;

namespace PeftLabs.Cli.Commands;

/// <summary>lab version: the versions that a figure or an error report should name.</summary>
public static class VersionCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Prints the versions of the kit, .NET and libtorch");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"lab {Installation.Version}");
            output.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
            output.WriteLine($"TorchSharp {typeof(torch).Assembly.GetName().Version} ({Installation.Provider}), libtorch {torch.__version__}");
            return ExitCode.Done;
        });
        return command;
    }
}
