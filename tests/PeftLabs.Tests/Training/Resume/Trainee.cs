using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

/// <summary>The process that trains and is killed: a tiny run that resumes where there is something to resume from.</summary>
internal static class Trainee
{
    /// <summary>The first argument with which the tests' program is this process.</summary>
    public const string Command = "--trainee";

    /// <summary>A line on standard output: the moment has come at which it was to stop, for ever.</summary>
    public const string Waiting = "waiting";

    public static TrainingOptions Options { get; } = TinyRun.Options with { Steps = 40 };

    /// <summary>
    /// Trains so many steps in a folder. Where a step and a moment are given, it never gets beyond that moment of writing the first
    /// checkpoint from that step on.
    /// </summary>
    public static int Run(string[] arguments)
    {
        if (arguments is ["fill", var small, var rest])
            return FullDisk.Run(small, rest);
        using var run = new TinyRun(arguments[0], Options with { Steps = int.Parse(arguments[1]) });
        // A line for each part of a checkpoint that it comes to.
        run.Begin = Console.WriteLine;
        if (arguments is [_, _, var step, var moment])
            run.Begin = m => Wait(m == moment && run.Trainer.StepsTaken >= int.Parse(step));
        run.Checkpoints.Resume(run.Trainer);
        run.Continue();
        run.Warnings.ForEach(Console.WriteLine);
        return run.Warnings.Count;
    }

    private static void Wait(bool now)
    {
        if (!now)
            return;
        Console.WriteLine(Waiting);
        Thread.Sleep(Timeout.Infinite);
    }
}
