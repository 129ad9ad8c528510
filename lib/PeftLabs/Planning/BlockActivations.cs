using PeftLabs.Adapters;
using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>
/// Bytes that a block keeps from forward for backward, following what each function keeps: RMS norm its input and a number a token,
/// attention q, k and v, the down projection gate and up, and any other projection its input where its weight or its A is trained;
/// each h where it has an update.
/// </summary>
internal static class BlockActivations
{
    public static long Bytes(TrainingPlan plan, int layer)
    {
        var (c, tokens) = (plan.Config, plan.Batch * plan.Tokens);
        var shapes = ProjectionShape.Of(c, layer).ToArray();
        bool Trained(int i) => plan.Lora is null || Targets(plan, shapes[i]);
        // What lies before the first trained projection needs no gradient, and is not kept.
        var first = plan.Lora is null ? 0 : FirstTrained(plan);
        var started = plan.Lora is null || layer * 7 > first;
        var perToken = 0L;
        if (started)
            perToken += c.HiddenSize + 1;
        if (Trained(0) || Trained(1) || Trained(2))
            perToken += c.HiddenSize;
        if (layer * 7 + 2 >= first)
            perToken += shapes[0].Out + shapes[1].Out + shapes[2].Out;
        if (Trained(3))
            perToken += shapes[3].In;
        if (layer * 7 + 3 >= first)
            perToken += c.HiddenSize + 1;
        if (Trained(4) || Trained(5))
            perToken += c.HiddenSize;
        if (layer * 7 + 6 >= first)
            perToken += 2L * c.IntermediateSize;
        if (plan.Lora is { } lora)
            perToken += shapes.Where(s => Targets(plan, s)).Sum(s => lora.RankOf(s.Path));
        return 4 * tokens * perToken;
    }

    public static bool Targets(TrainingPlan plan, ProjectionShape shape) =>
        plan.Lora is { } lora && lora.Targets().Includes(shape.Path, isHead: false) && lora.ExcludeModules?.Includes(shape.Path, false) != true;

    /// <summary>The first projection with an update, counted through all blocks.</summary>
    private static int FirstTrained(TrainingPlan plan) =>
        Enumerable.Range(0, plan.Config.Layers).SelectMany(l => ProjectionShape.Of(plan.Config, l)).ToList().FindIndex(s => Targets(plan, s));
}
