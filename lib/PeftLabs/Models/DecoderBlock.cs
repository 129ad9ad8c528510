using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// One block: x + attention(norm(x)), then + feedForward(norm(·)); or x + attention(norm(x)) + feedForward(norm(x)) where the family has both
/// read the block's input. Families with four norms norm what attention and feed-forward give too.
/// </summary>
public sealed class DecoderBlock : nn.Module<Tensor, Rotation, IReadOnlyList<LayerCache>?, Tensor>
{
    private readonly IRecomputed _attended, _fed, _whole;
    private readonly bool _isParallel;

    internal DecoderBlock(ModelConfig config, int index, WeightReader weights)
        : base(config.Family.LayerName(index))
    {
        (Index, _isParallel) = (index, config.IsParallel);
        Scope = ScopePath.Numbered("block", index);
        var (family, attention, feedForward) = (config.Family, Scope.Group("self-attention"), Scope.Group("feed-forward"));
        AttentionNorm = Norm(family.AttentionNorm, attention, "norm")!;
        AttentionNorm.Before = Before;
        Attention = new Attention(config, index, weights, attention);
        AttentionPostNorm = Norm(family.AttentionPostNorm, attention, "post-norm");
        FeedForwardNorm = Norm(family.FeedForwardNorm, feedForward, "norm")!;
        FeedForward = new FeedForward(config, index, weights, feedForward);
        FeedForwardPostNorm = Norm(family.FeedForwardPostNorm, feedForward, "post-norm");
        register_module("attention", Attention);
        register_module("feed_forward", FeedForward);
        (_attended, _fed) = (new RecomputedHalf(true, AttentionBranch), new RecomputedHalf(!_isParallel, FeedForwardBranch));
        _whole = _isParallel ? new RecomputedHalf(true, AttentionBranch, FeedForwardBranch) : new RecomputedBlock(AttentionBranch, FeedForwardBranch);

        Norm? Norm(string? name, ScopePath around, string what)
        {
            if (name is null)
                return null;
            var norm = weights.Norm($"{family.LayerName(index)}.{name}", config.HiddenSize, around.Operator(what));
            register_module(name, norm);
            return norm;
        }
    }

    /// <summary>Its place in the model, the first being 0.</summary>
    public int Index { get; }

    /// <summary>Where it stands in a profile.</summary>
    internal ScopePath Scope { get; }

    /// <summary>What the engine does behind it in backward: behind the first block is the embedding.</summary>
    internal ScopePath? Before => Index == 0 ? CausalLM.EmbeddingScope : null;

    /// <summary>The norm before attention.</summary>
    public Norm AttentionNorm { get; }

    /// <summary>Self-attention.</summary>
    public Attention Attention { get; }

    /// <summary>The norm of what attention gives; null where there is none.</summary>
    public Norm? AttentionPostNorm { get; }

    /// <summary>The norm before the feed-forward.</summary>
    public Norm FeedForwardNorm { get; }

    /// <summary>The feed-forward.</summary>
    public FeedForward FeedForward { get; }

    /// <summary>The norm of what the feed-forward gives; null where there is none.</summary>
    public Norm? FeedForwardPostNorm { get; }

    /// <summary>Its projections, in the order in which they are used.</summary>
    public IEnumerable<Projection> Projections => [.. Attention.Inputs, Attention.Output, .. FeedForward.Inputs, FeedForward.Down];

    /// <summary>Its norms, in the order in which they are used.</summary>
    public IEnumerable<Norm> Norms =>
        new[] { AttentionNorm, Attention.QueryNorm, Attention.KeyNorm, AttentionPostNorm, FeedForwardNorm, FeedForwardPostNorm }.OfType<Norm>();

    /// <summary>Whether attention and feed-forward both read the block's input.</summary>
    internal bool IsParallel => _isParallel;

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
        if (!pass.Recomputed.HasFlag(BlockPart.FeedForward))
            return Fed(middle, _isParallel ? marked : middle, kept).MoveToOuterDisposeScope();
        var fed = pass.Recompute(_fed, _isParallel ? marked : middle, rotation, isFirst: false);
        return (_isParallel ? Sum(middle, fed) : fed).MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches)
    {
        using var scope = NewDisposeScope();
        var middle = Attended(x, rotation, caches, ActivationType.Float32);
        return Fed(middle, _isParallel ? x : middle, ActivationType.Float32).MoveToOuterDisposeScope();
    }

    private Tensor Attended(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches, ActivationType kept)
    {
        using var profile = ProfileScope.Group("self-attention");
        using var scope = NewDisposeScope();
        var attended = Attention.Forward(AttentionNorm.Forward(x, kept), rotation, caches, kept);
        return Sum(x, Normed(AttentionPostNorm, attended, kept)).MoveToOuterDisposeScope();
    }

    // What the feed-forward gives for one tensor is added to another.
    private Tensor Fed(Tensor to, Tensor x, ActivationType kept)
    {
        using var profile = ProfileScope.Group("feed-forward");
        using var scope = NewDisposeScope();
        return Sum(to, Normed(FeedForwardPostNorm, FeedForward.Forward(FeedForwardNorm.Forward(x, kept), kept), kept)).MoveToOuterDisposeScope();
    }

    private static Tensor Normed(Norm? norm, Tensor x, ActivationType kept) => norm is null ? x : norm.Forward(x, kept);

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
        var attended = Attention.Forward(
            AttentionNorm.forward(x), rotation, null, ActivationType.Float32, outputNeeded || AttentionPostNorm is not null);
        return Normed(AttentionPostNorm, attended, ActivationType.Float32).MoveToOuterDisposeScope();
    }

    private Tensor FeedForwardBranch(Tensor x, Rotation rotation, bool outputNeeded)
    {
        using var profile = ProfileScope.Group("feed-forward");
        using var scope = NewDisposeScope();
        var fed = FeedForward.Forward(FeedForwardNorm.forward(x), ActivationType.Float32, outputNeeded || FeedForwardPostNorm is not null);
        return Normed(FeedForwardPostNorm, fed, ActivationType.Float32).MoveToOuterDisposeScope();
    }
}
