using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Planning.Advice;

/// <summary>
/// Peak bytes and seconds of sets, for the many that a search asks for. A set's peak is that of the set with the least state and weights in
/// memory, and what it has of both besides, which lies there all the time; so few sets need a walk. Seconds are sums of terms, and are put
/// together from those of few plans in the same way.
/// </summary>
internal sealed class SetCosts(AdviceRequest request)
{
    private readonly Dictionary<TechniqueSet, long> _walked = [], _standing = [];
    private readonly Dictionary<(TuningMethod Method, int Rank), long> _gradients = [];
    private readonly Dictionary<TechniqueSet, double> _seconds = [];

    /// <summary>The highest peak of the four stages.</summary>
    public long Peak(TechniqueSet set) => Walk(TechniqueSpace.Walked(set)) + Standing(set) - Standing(TechniqueSpace.Walked(set));

    /// <summary>The highest peak of the four stages.</summary>
    public long Peak(Candidate candidate) => Walk(candidate.Walked) + candidate.MoreBytes;

    /// <summary>
    /// The sets of a method that may have a peak within a limit; those left out certainly have not. No walk is made for each, but one for all
    /// that differ in what can only make a peak lower: fewer sequences at once, gradients freed early, inputs in a file, a smaller embedding.
    /// </summary>
    public IEnumerable<Candidate> Candidates(TuningMethod method, int rank, long limit)
    {
        var smallest = TechniqueSpace.Walked(new TechniqueSet { Method = method, Rank = rank });
        var resident = TechniqueSpace.Resident(method).Select(r => (r.Optimizer, r.Streaming,
            Bytes: Standing(smallest with { Optimizer = r.Optimizer, Streaming = r.Streaming }) - Standing(smallest))).ToArray();
        foreach (var walked in TechniqueSpace.Walked(method, rank, request))
        {
            if (AtLeast(walked, Lowest(walked)) is var least && least > limit)
                continue;
            var (seconds, streaming) = (WalkedSeconds(walked), StreamingSeconds(walked));
            foreach (var r in resident)
                if (least + r.Bytes <= limit)
                    yield return new(walked, r.Optimizer, r.Streaming, r.Bytes,
                        seconds + (r.Streaming ? streaming : 0) + OptimizerSeconds(walked, r.Optimizer));
        }
    }

    /// <summary>
    /// Whether a candidate may have a peak within a limit; false is certain. One walk tells it for all that differ in embedding, fused step and
    /// chunks alone.
    /// </summary>
    public bool MayFit(Candidate candidate, long limit)
    {
        var walked = candidate.Walked;
        var near = Lowest(walked) with { Accumulate = walked.Accumulate, Offload = walked.Offload };
        return AtLeast(walked, near) + candidate.MoreBytes <= limit;
    }

    // No less than this can be the peak of a set with the least state and weights, by that of a lower one.
    private long AtLeast(TechniqueSet walked, TechniqueSet lower)
    {
        var embedding = walked.Embedding == lower.Embedding ? 0 : Standing(walked) - Standing(lower);
        return Walk(lower) + embedding - (walked == lower ? 0 : Slack(walked, lower));
    }

    /// <summary>
    /// The set with all that can only make a peak lower, and so with about the lowest peak of those with its checkpointing and its saved
    /// activations. Where every weight is trained, several batches a step keep all gradients: one batch stays one.
    /// </summary>
    public TechniqueSet Lowest(TechniqueSet set)
    {
        var isFull = set.Method == TuningMethod.Full;
        return TechniqueSpace.Walked(set) with
        {
            Accumulate = isFull && set.Accumulate == 1 ? 1 : (int)request.Batch,
            Offload = set.Checkpointing == CheckpointPolicy.None ? ActivationOffload.None : ActivationOffload.File,
            FusedStep = true,
            Embedding = isFull ? set.Embedding : WeightFormat.Int8,
            LossChunkBytes = TechniqueSpace.SmallChunk,
        };
    }

    /// <summary>Seconds of a step.</summary>
    public double Seconds(TechniqueSet set) =>
        WalkedSeconds(set) + (set.Streaming ? StreamingSeconds(set) : 0) + OptimizerSeconds(set, set.Optimizer);

    private double WalkedSeconds(TechniqueSet set)
    {
        var again = Plain(set) with { Checkpointing = set.Checkpointing };
        var waiting = again with { SavedActivations = set.SavedActivations, Offload = set.Offload };
        var head = Plain(set) with { Embedding = set.Embedding, LossChunkBytes = set.LossChunkBytes };
        return Time(waiting) + (head == Plain(set) ? 0 : Time(head) - Time(Plain(set)));
    }

    private double StreamingSeconds(TechniqueSet set)
    {
        var again = Plain(set) with { Checkpointing = set.Checkpointing };
        return set.Method == TuningMethod.Full ? 0 : Time(again with { Streaming = true }) - Time(again);
    }

    private double OptimizerSeconds(TechniqueSet set, OptimizerKind optimizer)
    {
        var one = Plain(set) with { Accumulate = 1 };
        var other = one with { Optimizer = optimizer, FusedStep = set.FusedStep };
        return other == one ? 0 : Time(other) - Time(one);
    }

    private static TechniqueSet Plain(TechniqueSet set) => new() { Method = set.Method, Rank = set.Rank, Accumulate = set.Accumulate };

    // What a set may have less at its peak than a lower one: the adapters' gradients of earlier batches, the tile of an embedding that is
    // decoded, and two tensors of hidden states, of an offload and of the mark that a fused step puts before a block.
    private long Slack(TechniqueSet set, TechniqueSet lower) =>
        (set.Accumulate < lower.Accumulate ? Gradients(set) : 0) + TileBuffer.Bytes(request.Config.VocabularySize, request.Config.HiddenSize)
            + 2 * sizeof(float) * request.Batch / lower.Accumulate * request.Tokens * request.Config.HiddenSize;

    // As many bytes as the adapters' parameters; in full fine-tuning none, for there sets of one batch are not held against others.
    private long Gradients(TechniqueSet set)
    {
        var key = (set.Method, set.Rank);
        if (!_gradients.TryGetValue(key, out var bytes))
            _gradients[key] = bytes = Shortest(new() { Method = set.Method, Rank = set.Rank })[0].EndCategories[MemoryCategory.Adapters];
        return bytes;
    }

    private long Walk(TechniqueSet set)
    {
        if (!_walked.TryGetValue(set, out var peak))
            _walked[set] = peak = Plan(set).Predict().Max(s => s.PeakBytes);
        return peak;
    }

    /// <summary>Bytes of weights, adapters and state: what lies in memory all the time.</summary>
    public long Standing(TechniqueSet set)
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
            _standing[key] = bytes = Shortest(key)[^1].EndBytes;
        return bytes;
    }

    // With steps of two tokens next to nothing else is left when a step has ended.
    private IReadOnlyList<StagePrediction> Shortest(TechniqueSet set) => set.Plan(request.Config, 1, 2).Predict();

    private double Time(TechniqueSet set)
    {
        if (!_seconds.TryGetValue(set, out var seconds))
            _seconds[set] = seconds = Plan(set).PredictTime(request.Speed).Seconds;
        return seconds;
    }

    private TrainingPlan Plan(TechniqueSet set) => set.Plan(request.Config, request.Batch / set.Accumulate, request.Tokens);
}
