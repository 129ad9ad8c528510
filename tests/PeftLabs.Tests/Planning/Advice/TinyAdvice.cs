using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Tests.Planning.Advice;

/// <summary>A model so small that all sets can be tried, and what they cost.</summary>
internal static class TinyAdvice
{
    public static MachineSpeed Speed { get; } = new("a machine", 100e9, 8e9);

    public static ModelConfig Config { get; } = new()
    {
        Family = ModelFamily.Llama,
        Layers = 6,
        HiddenSize = 128,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 32,
        IntermediateSize = 384,
        VocabularySize = 1000,
    };

    public static AdviceRequest Request(long budget, long batch = 2, long tokens = 96) =>
        new(Config, budget, Speed) { Batch = batch, Tokens = tokens, Rank = 4 };

    public static long Peak(TechniqueSet set, AdviceRequest request) => Plan(set, request).Predict().Max(s => s.PeakBytes);

    public static double Seconds(TechniqueSet set, AdviceRequest request) => Plan(set, request).PredictTime(request.Speed).Seconds;

    private static TrainingPlan Plan(TechniqueSet set, AdviceRequest request) =>
        set.Plan(request.Config, request.Batch / set.Accumulate, request.Tokens);
}
