using System.CommandLine;

namespace PeftLabs.Cli.Commands;

/// <summary>lab bench: the kit's own measurements. Without a subcommand it prints the peers' table.</summary>
public static class BenchCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Measures the kit on this machine, and lays peers beside it");
        BenchTableCommand.AddTo(command);
        command.Add(BenchCodecCommand.Create());
        command.Add(BenchGenerateCommand.Create());
        command.Add(BenchLoadCommand.Create());
        command.Add(BenchPlanCommand.Create());
        command.Add(BenchStepCommand.Create());
        command.Add(BenchTableCommand.Create());
        command.Add(BenchTokenizerCommand.Create());
        return command;
    }
}
