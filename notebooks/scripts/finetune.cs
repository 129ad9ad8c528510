#!/usr/bin/env dotnet
#:project ../../lib/PeftLabs
#:property PublishAot=false
// Fine-tunes the kit's own model to write SQL: the run that text-to-sql.yaml describes, in C#. From the repository's root:
//     dotnet run notebooks/scripts/finetune.cs -- OUTPUT [STEPS] [MODEL]
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Training;

var output = args.ElementAtOrDefault(0) ?? "artifacts/text-to-sql";
var steps = int.Parse(args.ElementAtOrDefault(1) ?? "1000");
var model = args.ElementAtOrDefault(2) ?? LabModel.Name;

var spec = new RunSpec
{
    Name = "text-to-sql",
    Model = ModelSource.Of(model),
    Data = new()
    {
        Kind = DataKind.Task,
        Task = "text-to-sql",
        Examples = 16_000,
        Batches = new() { Kind = BatchKind.Bucketed, Size = 16 },
    },
    Lora = new() { Rank = 32, Alpha = 64, TargetModules = ModuleSelection.Matching("all-linear") },
    Training = new() { Steps = steps, LearningRate = 2.4e-3, WarmupSteps = 30 },
    HeldOut = 64,
    Samples = 2,
};

// Load, then Forward, Backward and OptimizerStep for every batch: predicted first, metered to the byte, and kept in runs/.
using var progress = new TerminalProgress(steps);
var run = FineTuning.Run(spec, new()
{
    Progress = progress.Show,
    Use = (_, adapter) => adapter!.Save(output, baseModel: model),
});
progress.Dispose();

Console.WriteLine(run.Summary);
Console.WriteLine($"run {run.Id}, adapter in {output}");
