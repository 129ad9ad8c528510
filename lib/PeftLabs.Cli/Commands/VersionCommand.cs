using System.CommandLine;
using System.Runtime.InteropServices;
using PeftLabs.Labs;
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
            var versions = SoftwareVersions.Current;
            var commit = versions.Commit is null ? "" : $", commit {versions.Commit[..12]}{(versions.Modified == true ? ", modified" : "")}";
            output.WriteLine($"lab {versions.Kit}{commit}");
            output.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
            output.WriteLine($"TorchSharp {typeof(torch).Assembly.GetName().Version} ({Installation.Provider}), libtorch {versions.Torch}");
            return ExitCode.Done;
        });
        return command;
    }
}
