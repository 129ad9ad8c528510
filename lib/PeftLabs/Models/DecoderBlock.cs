using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>One block: x + attention(norm(x)), then + feedForward(norm(·)).</summary>
public sealed class DecoderBlock : nn.Module<Tensor, Rotation, LayerCache?, Tensor>
{
    internal DecoderBlock(ModelConfig config, int index, WeightReader weights)
        : base(config.Family.LayerName(index))
    {
        var layer = config.Family.LayerName(index);
        AttentionNorm = weights.Norm($"{layer}.{config.Family.AttentionNorm}", config);
        Attention = new Attention(config, layer, weights);
        FeedForwardNorm = weights.Norm($"{layer}.{config.Family.FeedForwardNorm}", config);
        FeedForward = new FeedForward(config, layer, weights);
        register_module("attention_norm", AttentionNorm);
        register_module("attention", Attention);
        register_module("feed_forward_norm", FeedForwardNorm);
        register_module("feed_forward", FeedForward);
    }

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

    /// <summary>Maps <c>[batch, tokens, hidden]</c> to the same shape; the caller owns the result.</summary>
    public override Tensor forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        using var scope = NewDisposeScope();
        var middle = Attended(x, rotation, cache);
        return Fed(middle).MoveToOuterDisposeScope();
    }

    private Tensor Attended(Tensor x, Rotation rotation, LayerCache? cache)
    {
        using var scope = NewDisposeScope();
        return x.add(Attention.forward(AttentionNorm.forward(x), rotation, cache)).MoveToOuterDisposeScope();
    }

    private Tensor Fed(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.add(FeedForward.forward(FeedForwardNorm.forward(x))).MoveToOuterDisposeScope();
    }
}
