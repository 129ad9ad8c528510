using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>One block: x + attention(norm(x)), then + feedForward(norm(·)).</summary>
public sealed class DecoderBlock : nn.Module<Tensor, Rotation, IReadOnlyList<LayerCache>?, Tensor>
{
    private readonly IRecomputed _attended, _fed, _whole;

    internal DecoderBlock(ModelConfig config, int index, WeightReader weights)
        : base(config.Family.LayerName(index))
    {
        Index = index;
        Scope = ScopePath.Numbered("block", index);
        var (layer, attention, feedForward) = (config.Family.LayerName(index), Scope.Group("self-attention"), Scope.Group("feed-forward"));
        AttentionNorm = weights.Norm($"{layer}.{config.Family.AttentionNorm}", config, attention.Operator("norm"));
        AttentionNorm.Before = Before;
        Attention = new Attention(config, layer, weights, attention);
        FeedForwardNorm = weights.Norm($"{layer}.{config.Family.FeedForwardNorm}", config, feedForward.Operator("norm"));
        FeedForward = new FeedForward(config, layer, weights, feedForward);
        register_module("attention_norm", AttentionNorm);
        register_module("attention", Attention);
        register_module("feed_forward_norm", FeedForwardNorm);
        register_module("feed_forward", FeedForward);
        (_attended, _fed) = (new RecomputedHalf(AttentionBranch), new RecomputedHalf(FeedForwardBranch));
        _whole = new RecomputedBlock(AttentionBranch, FeedForwardBranch);
    }

    /// <summary>Its place in the model, the first being 0.</summary>
    public int Index { get; }

    /// <summary>Where it stands in a profile.</summary>
    internal ScopePath Scope { get; }

    /// <summary>What the engine does behind it in backward: behind the first block is the embedding.</summary>
    internal ScopePath? Before => Index == 0 ? CausalLM.EmbeddingScope : null;

    /// <summary>The norm before attention.</summary>
    public RmsNorm AttentionNorm { get; }

    /// <summary>Self-attention.</summary>
    public Attention Attention { get; }

    /// <summary>The norm before the feed-forward.</summary>
    public RmsNorm FeedForwardNorm { get; }

    /// <summary>The feed-forward.</summary>
    public FeedForward FeedForward { get; }

    /// <summary>Its projections, in the order in which they are used.</summary>
    public IEnumerable<Projection> Projections =>
        [Attention.Query, Attention.Key, Attention.Value, Attention.Output, FeedForward.Gate, FeedForward.Up, FeedForward.Down];

    /// <summary>Where it keeps what it recomputes from; set by the model for each pass that records gradients.</summary>
    internal BlockPass? Pass { get; set; }

    /// <summary>Maps <c>[batch, tokens, hidden]</c> to the same shape, with or without a cache for each row; the caller owns the result.</summary>
    public override Tensor forward(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches)
    {
        if (caches is not null || Pass is not { } pass || !is_grad_enabled())
            return Plain(x, rotation, caches);
        using var scope = NewDisposeScope();
        if (pass.Recomputed == BlockPart.Block)
            return pass.Recompute(_whole, x, rotation, isFirst: true).MoveToOuterDisposeScope();
        var kept = pass.Kept;
        var marked = pass.Recomputed.HasFlag(BlockPart.Attention) ? x : pass.Mark(x);
        var middle = pass.Recomputed.HasFlag(BlockPart.Attention) ? pass.Recompute(_attended, marked, rotation, isFirst: true)
            : Attended(marked, rotation, null, kept);
        return (pass.Recomputed.HasFlag(BlockPart.FeedForward) ? pass.Recompute(_fed, middle, rotation, isFirst: false)
            : Fed(middle, kept)).MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches)
    {
        using var scope = NewDisposeScope();
        return Fed(Attended(x, rotation, caches, ActivationType.Float32), ActivationType.Float32).MoveToOuterDisposeScope();
    }

    private Tensor Attended(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches, ActivationType kept)
    {
        using var profile = ProfileScope.Group("self-attention");
        using var scope = NewDisposeScope();
        return Sum(x, Attention.Forward(AttentionNorm.Forward(x, kept), rotation, caches, kept)).MoveToOuterDisposeScope();
    }

    private Tensor Fed(Tensor x, ActivationType kept)
    {
        using var profile = ProfileScope.Group("feed-forward");
        using var scope = NewDisposeScope();
        return Sum(x, FeedForward.Forward(FeedForwardNorm.Forward(x, kept), kept)).MoveToOuterDisposeScope();
    }

    private static Tensor Sum(Tensor x, Tensor branch)
    {
        using var profile = ProfileScope.Operator("residual");
        return x.add(branch);
    }

    // What is recorded while a block is computed again lives for a moment, and is not rounded.

    private Tensor AttentionBranch(Tensor x, Rotation rotation, bool outputNeeded)
    {
        using var profile = ProfileScope.Group("self-attention");
        using var scope = NewDisposeScope();
        return Attention.Forward(AttentionNorm.forward(x), rotation, null, ActivationType.Float32, outputNeeded).MoveToOuterDisposeScope();
    }

    private Tensor FeedForwardBranch(Tensor x, Rotation rotation, bool outputNeeded)
    {
        using var profile = ProfileScope.Group("feed-forward");
        using var scope = NewDisposeScope();
        return FeedForward.Forward(FeedForwardNorm.forward(x), ActivationType.Float32, outputNeeded).MoveToOuterDisposeScope();
    }
}
