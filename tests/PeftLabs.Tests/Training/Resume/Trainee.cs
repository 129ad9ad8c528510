using PeftLabs.Training;

namespace PeftLabs.Tests.Training.Resume;

/// <summary>The process that trains and is killed: a tiny run that resumes where there is something to resume from.</summary>
internal static class Trainee
{
    /// <summary>The first argument with which the tests' program is this process.</summary>
    public const string Command = "--trainee";

    /// <summary>A line on standard output: training begins.</summary>
    public const string Ready = "ready";

    /// <summary>A line on standard output, before the step at which a checkpoint's writing is to stop: at the moment asked for, for ever.</summary>
    public const string Waiting = "waiting";

    public static TrainingOptions Options { get; } = TinyRun.Options with { Steps = 40, CheckpointEvery = 1 };

    /// <summary>Trains in a folder; of "step moment", where given, it never gets beyond that moment of that step's checkpoint.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments is ["fill", var small, var rest])
            return FullDisk.Run(small, rest);
        using var run = new TinyRun(arguments[0], Options);
        if (arguments is [_, var step, var moment])
            run.Begin = m => Wait(m == moment && run.Trainer.StepsTaken >= int.Parse(step));
        run.Checkpoints.Resume(run.Trainer);
        Console.WriteLine(Ready);
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
