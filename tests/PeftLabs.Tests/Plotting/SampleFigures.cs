using PeftLabs.Plotting;

namespace PeftLabs.Tests.Plotting;

/// <summary>A figure of each kind, small enough to read as a golden file.</summary>
public static class SampleFigures
{
    private const long Mib = 1 << 20;

    public static Figure Stages() => StackedBars.Create("Peak memory by stage", [
        new("0 Load", Bytes(513, 0, 0), IsPrediction: true), new("0 Load", Bytes(514, 0, 0)),
        new("1 Forward", Bytes(513, 5, 610), IsPrediction: true), new("1 Forward", Bytes(514, 5, 612.5)),
    ], "hatched bars are predictions");

    public static Figure Ladder() => StackedBars.Create("The ladder", [
        new("Full fine-tuning", Bytes(9000, 0, 640)),
        new("LoRA r = 16 on all seven projections of every block", Bytes(513, 5, 610)),
    ], horizontal: true, limitBytes: 4096 * Mib);

    public static Figure Grid() => BarGrid.Create("The ladder by stage", ["Full fine-tuning", "LoRA r = 16 on all seven projections"],
        ["0 Load", "1 Forward"],
        [
            new(0, 0, Bytes(513, 0, 0)) { PredictedBytes = 513 * Mib }, new(0, 1, Bytes(513, 0, 640)) { PredictedBytes = 1150 * Mib },
            new(1, 0, Bytes(513, 5, 0)), new(1, 1, Bytes(513, 5, 610)),
        ], "marks are predictions");

    public static Figure Steps() => Timeline.Create(
        "One step",
        [new(0, 0), new(0.5, 100 * Mib), new(1, 700 * Mib), new(1.5, 300 * Mib), new(2, 100 * Mib)],
        [new("0 Load", 0, 0.5), new("1 Forward", 0.5, 1), new("2 Backward", 1, 2)],
        predictedPeakBytes: 690 * Mib);

    public static Figure Losses() => LossCurves.Create("Loss", [new("LoRA", [3, 2.5, 2.25]), new("full", [3, 2.4], FirstStep: 2)]);

    private static Dictionary<string, long> Bytes(double weights, double adapters, double activations) => new()
    {
        ["Weights"] = (long)(weights * Mib),
        ["Adapters"] = (long)(adapters * Mib),
        ["Activations"] = (long)(activations * Mib),
    };
}
