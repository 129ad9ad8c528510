using PeftLabs.Adapters;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Planning;

/// <summary>Does what a plan says, and measures it.</summary>
internal static class PlanMeasurement
{
    /// <summary>Loads from a folder, or draws weights at random, and takes two steps.</summary>
    public static MemoryReport Measure(TrainingPlan plan, string? folder)
    {
        using var meter = MemoryMeter.Start(new() { MeterFinalizer = false, ResetResidentPeak = false });
        var load = meter.Stage(MemoryStage.Load);
        using var model = folder is null ? CausalLM.Random(plan.Config, 1, plan.Loading) : CausalLM.Load(folder, plan.Loading);
        using var adapter = plan.Lora is null ? null : LoraAdapter.Attach(model, plan.Lora);
        if (adapter is null)
            model.SetTrainable(true);
        load.Dispose();
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), plan.Training with { Steps = 2 }, meter);
        trainer.Run(Enumerable.Range(0, 2 * plan.Training.Accumulate).Select(_ => Batch(plan)), cancellation: TestContext.Current.CancellationToken);
        return meter.Report();
    }

    // The last tokens of each row carry labels.
    private static TrainingBatch Batch(TrainingPlan plan)
    {
        var (ids, labels) = (new long[plan.Batch * plan.Tokens], new long[plan.Batch * plan.Tokens]);
        for (var i = 0L; i < ids.Length; i++)
        {
            ids[i] = i * 7 % plan.Config.VocabularySize;
            labels[i] = plan.Tokens - i % plan.Tokens <= plan.LabelledTokens / plan.Batch ? ids[i] : TrainingBatch.Ignored;
        }
        return new(tensor(ids, plan.Batch, plan.Tokens), tensor(labels, plan.Batch, plan.Tokens), plan.Layout);
    }
}
