using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Planning.Advice;

/// <summary>The way from plain training to a set, a technique at a time.</summary>
public static class AdviceLadder
{
    /// <summary>
    /// The rungs. The first is full fine-tuning with attention in tiles and the loss in chunks, which cost nothing, or without them where
    /// <paramref name="fromPlain"/> is set, to show what they save.
    /// </summary>
    public static IReadOnlyList<AdviceRung> To(TechniqueSet set, AdviceRequest request, bool fromPlain = false)
    {
        var start = fromPlain ? Techniques.Plain : Techniques.Plain with { Attention = AttentionKind.Tiled, Loss = LossKind.Chunked };
        var rungs = new List<AdviceRung> { Rung("full fine-tuning", "--method full", start, request) };
        foreach (var technique in Techniques.Of(set))
            if (technique.Apply(rungs[^1].Set) is var next && next != rungs[^1].Set)
                rungs.Add(Rung(technique.Name, technique.Options, next, request));
        return rungs;
    }

    /// <summary>One set as a rung.</summary>
    internal static AdviceRung Rung(string name, string options, TechniqueSet set, AdviceRequest request)
    {
        var plan = set.Plan(request.Config, request.Batch / set.Accumulate, request.Tokens);
        return new(name, options, set, plan.Predict(), plan.PredictTime(request.Speed).Seconds);
    }
}
