using System.CommandLine;

namespace PeftLabs.Cli.Commands;

/// <summary>The commands of lab, a line each; each has its line in Script/help.txt too.</summary>
public static class AllCommands
{
    /// <summary>Makes them.</summary>
    public static Command[] Create() =>
    [
        BenchCommand.Create(),
        ChatCommand.Create(),
        CheckCommand.Create(),
        DataCommand.Create(),
        DoctorCommand.Create(),
        EvaluateCommand.Create(),
        GenerateCommand.Create(),
        LadderCommand.Create(),
        MergeCommand.Create(),
        PlanCommand.Create(),
        PretrainCommand.Create(),
        ProfileCommand.Create(),
        PullCommand.Create(),
        ReportCommand.Create(),
        RerunCommand.Create(),
        RunCommand.Create(),
        RunsCommand.Create(),
        TrainCommand.Create(),
        VersionCommand.Create(),
    ];
}
