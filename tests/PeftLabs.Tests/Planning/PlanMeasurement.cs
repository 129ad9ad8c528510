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
    /// <summary>Loads from a folder, or draws weights at random, and takes two steps, or one with each of some shapes of batches.</summary>
    public static MemoryReport Measure(TrainingPlan plan, string? folder, params IReadOnlyList<BatchShape> shapes)
    {
        using var meter = MemoryMeter.Start(new() { MeterFinalizer = false, ResetResidentPeak = false });
        var load = meter.Stage(MemoryStage.Load);
        using var model = folder is null ? CausalLM.Random(plan.Config, 1, plan.Loading) : CausalLM.Load(folder, plan.Loading);
        using var adapter = plan.Lora is null ? null : LoraAdapter.Attach(model, plan.Lora);
        if (adapter is null)
            model.SetTrainable(true);
        load.Dispose();
        using var trainer = new Trainer(model, adapter?.NamedParameters ?? model.named_parameters(), plan.Training with { Steps = 2 + shapes.Count }, meter);
        var own = Enumerable.Repeat(new BatchShape(plan.Batch, plan.Tokens, plan.LabelledTokens, plan.Layout), 2 * plan.Training.Accumulate);
        trainer.Run((shapes.Count > 0 ? shapes : own).Select(shape => Batch(shape, plan.Config.VocabularySize)), cancellation: TestContext.Current.CancellationToken);
        return meter.Report();
    }

    // The last tokens of each row carry labels.
    private static TrainingBatch Batch(BatchShape shape, long vocabulary)
    {
        var (ids, labels) = (new long[shape.Batch * shape.Tokens], new long[shape.Batch * shape.Tokens]);
        for (var i = 0L; i < ids.Length; i++)
        {
            ids[i] = i * 7 % vocabulary;
            labels[i] = shape.Tokens - i % shape.Tokens <= shape.LabelledTokens / shape.Batch ? ids[i] : TrainingBatch.Ignored;
        }
        return new(tensor(ids, shape.Batch, shape.Tokens), tensor(labels, shape.Batch, shape.Tokens), shape.Layout);
    }
}
