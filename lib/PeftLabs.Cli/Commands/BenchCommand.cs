using System.CommandLine;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench: the kit's own measurements.</summary>
public static class BenchCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("bench", "Measures the kit on this machine") { BenchCodecCommand.Create(), BenchGenerateCommand.Create(), BenchStepCommand.Create() };
}
