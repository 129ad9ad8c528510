using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The gated feed-forward: down(silu(gate(x))·up(x)) (SwiGLU, arXiv 2002.05202).</summary>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    internal FeedForward(ModelConfig config, string layer, WeightReader weights, ScopePath scope)
        : base(layer)
    {
        var (family, hidden, inner, bias) = (config.Family, config.HiddenSize, config.IntermediateSize, config.FeedForwardBias);
        Gate = weights.Projection($"{layer}.{family.Gate}", inner, hidden, bias, scope);
        Up = weights.Projection($"{layer}.{family.Up}", inner, hidden, bias, scope);
        Down = weights.Projection($"{layer}.{family.Down}", hidden, inner, bias, scope);
        register_module("gate", Gate);
        register_module("up", Up);
        register_module("down", Down);
    }

    /// <summary>Hidden to the gate's features.</summary>
    public Projection Gate { get; }

    /// <summary>Hidden to inner features.</summary>
    public Projection Up { get; }

    /// <summary>Inner features back to hidden.</summary>
    public Projection Down { get; }

    /// <summary>Maps <c>[batch, tokens, hidden]</c> to the same shape; the caller owns the result.</summary>
    public override Tensor forward(Tensor x) => Forward(x, ActivationType.Float32);

    /// <summary>
    /// The same, with what waits for backward in some type; where its output is not needed, only what its gradients need is computed.
    /// </summary>
    internal Tensor Forward(Tensor x, ActivationType kept, bool outputNeeded = true)
    {
        using var scope = NewDisposeScope();
        using var input = new SharedInput(x, kept);
        return Down.ForwardGated(Gate.Forward(input), Up.Forward(input), kept, outputNeeded).MoveToOuterDisposeScope();
    }
}
