using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// The feed-forward: down(f(gate(x))·up(x)) (with silu SwiGLU, arXiv 2002.05202), or down(f(up(x))) where the family has no gate.
/// </summary>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly InnerActivation _inner;

    internal FeedForward(ModelConfig config, int layer, WeightReader weights, ScopePath scope)
        : base(config.Family.LayerName(layer))
    {
        Inputs = [.. ProjectionShape.FeedForwardInputs(config, layer).Select(shape => weights.Projection(shape, scope))];
        Down = weights.Projection(ProjectionShape.Down(config, layer), scope);
        var gate = !config.Family.IsGated ? GateKind.None : config.Family.GateUp is null ? GateKind.Separate : GateKind.SideBySide;
        _inner = new(config.Activation, gate);
        foreach (var (index, projection) in Inputs.Index())
            register_module($"input{index}", projection);
        register_module("down", Down);
    }

    /// <summary>What its input goes through: gate and up, the projection that is both, or up alone.</summary>
    public IReadOnlyList<Projection> Inputs { get; }

    /// <summary>Hidden to what the activation is of: the gate's features where there is a gate.</summary>
    public Projection Gate => Inputs[0];

    /// <summary>Hidden to inner features; the same as <see cref="Gate"/> where one projection is both, or where there is no gate.</summary>
    public Projection Up => Inputs[^1];

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
        return Close(Gate.Forward(input), Inputs.Count == 1 ? null : Up.Forward(input), kept, outputNeeded).MoveToOuterDisposeScope();
    }

    /// <summary>What follows on the outputs of <see cref="Inputs"/>; the caller owns it.</summary>
    internal Tensor Close(Tensor gate, Tensor? up, ActivationType kept = ActivationType.Float32, bool outputNeeded = true) =>
        Down.Forward(_inner, gate, up, kept, outputNeeded);
}
