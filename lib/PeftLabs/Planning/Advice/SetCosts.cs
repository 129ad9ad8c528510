using PeftLabs.Models.Streaming;
using PeftLabs.Quantization;
using PeftLabs.Training;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Planning.Advice;

/// <summary>
/// Peak bytes and seconds of sets, for the many that a search asks for. A set's peak is that of the set with the least state and weights in
/// memory, and what it has of both besides, which lies there all the time; so few sets need a walk. Seconds are sums of terms, and are put
/// together from those of few plans in the same way.
/// </summary>
internal sealed class SetCosts(AdviceRequest request)
{
    private readonly Dictionary<TechniqueSet, long> _walked = [], _standing = [];
    private readonly Dictionary<TechniqueSet, double> _seconds = [];

    /// <summary>The highest peak of the four stages.</summary>
    public long Peak(TechniqueSet set)
    {
        var walked = Smallest(set);
        return Walk(walked) + Standing(set) - Standing(walked);
    }

    /// <summary>No set can need less than its weights and its state.</summary>
    public long AtLeast(TechniqueSet set) => Standing(set);

    /// <summary>Seconds of a step.</summary>
    public double Seconds(TechniqueSet set)
    {
        var plain = new TechniqueSet { Method = set.Method, Rank = set.Rank, Accumulate = set.Accumulate };
        var again = plain with { Checkpointing = set.Checkpointing };
        var waiting = again with { SavedActivations = set.SavedActivations, Offload = set.Offload };
        return Time(waiting) + Time(plain with { Embedding = set.Embedding }) - Time(plain)
            + (set.Streaming ? Time(again with { Streaming = true }) - Time(again) : 0)
            + Time(plain with { Optimizer = set.Optimizer, FusedStep = set.FusedStep, Accumulate = 1 }) - Time(plain with { Accumulate = 1 });
    }

    private static TechniqueSet Smallest(TechniqueSet set) =>
        set with { Optimizer = OptimizerKind.PagedAdamW8Bit, Streaming = set.Method != TuningMethod.Full };

    private long Walk(TechniqueSet set)
    {
        if (!_walked.TryGetValue(set, out var peak))
            _walked[set] = peak = Plan(set).Predict().Max(s => s.PeakBytes);
        return peak;
    }

    // Bytes of weights, and of state.
    private long Standing(TechniqueSet set)
    {
        var key = new TechniqueSet
        {
            Method = set.Method,
            Rank = set.Rank,
            Embedding = set.Embedding,
            Streaming = set.Streaming,
            Optimizer = set.Optimizer,
        };
        if (!_standing.TryGetValue(key, out var bytes))
        {
            var plan = Plan(key);
            _standing[key] = bytes = StoredWeights.Term(plan.Config, plan.Loading).Bytes + StoredWeights.Streamed(plan.Config, plan.Loading).Bytes
                + OptimizerState.ResidentBytes(plan.Training, new PlannedModel(plan).Parameters.Select(p => p.Shape));
        }
        return bytes;
    }

    private double Time(TechniqueSet set)
    {
        if (!_seconds.TryGetValue(set, out var seconds))
            _seconds[set] = seconds = Plan(set).PredictTime(request.Speed).Seconds;
        return seconds;
    }

    private TrainingPlan Plan(TechniqueSet set) => set.Plan(request.Config, request.Batch / set.Accumulate, request.Tokens);
}
