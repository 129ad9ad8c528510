using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Causal self-attention with grouped heads (arXiv 2305.13245), and rotary positions where the family has them.</summary>
public sealed class Attention : nn.Module<Tensor, Rotation, IReadOnlyList<LayerCache>?, Tensor>
{
    private readonly HeadLayout _layout;
    private readonly ScopePath _rotation, _attention;
    private readonly AttentionPattern _pattern;

    internal Attention(ModelConfig config, int layer, WeightReader weights, ScopePath scope)
        : base(config.Family.LayerName(layer))
    {
        (_rotation, _attention) = (scope.Operator("rotation"), scope.Operator("attention"));
        _layout = new(config.Heads, config.KeyValueHeads, config.HeadSize, config.Family.QueryKeyValueOrder);
        _pattern = new(Window: config.WindowOf(layer))
        {
            Scope = _attention,
            Scale = config.AttentionScale,
            SoftCap = weights.Options.CapScores ? config.AttentionSoftCap : null,
        };
        Inputs = [.. ProjectionShape.AttentionInputs(config, layer).Select(shape => weights.Projection(shape, scope))];
        Output = weights.Projection(ProjectionShape.Output(config, layer), scope);
        (QueryNorm, KeyNorm) = (HeadNorm(config.Family.QueryNorm), HeadNorm(config.Family.KeyNorm));
        foreach (var (index, projection) in Inputs.Index())
            register_module($"input{index}", projection);
        register_module("output", Output);

        Norm? HeadNorm(string? name)
        {
            if (name is null)
                return null;
            var norm = weights.Norm($"{config.Family.LayerName(layer)}.{name}", config.HeadSize, scope.Operator("head norm"));
            register_module(name.Replace('.', '_'), norm);
            return norm;
        }
    }

    /// <summary>What its input goes through: query, key and value, or the projection that is all of them.</summary>
    public IReadOnlyList<Projection> Inputs { get; }

    /// <summary>Hidden to query heads; the same as <see cref="Key"/> and <see cref="Value"/> where one projection is all of them.</summary>
    public Projection Query => Inputs[0];

    /// <summary>Hidden to key heads.</summary>
    public Projection Key => Inputs[Inputs.Count / 2];

    /// <summary>Hidden to value heads.</summary>
    public Projection Value => Inputs[^1];

    /// <summary>The norm of each query head; null where there is none.</summary>
    public Norm? QueryNorm { get; }

    /// <summary>The norm of each key head; null where there is none.</summary>
    public Norm? KeyNorm { get; }

    /// <summary>Heads back to hidden.</summary>
    public Projection Output { get; }

    /// <summary>Which keys a query sees, and what scores go through.</summary>
    internal AttentionPattern Pattern => _pattern;

    /// <summary>How it is computed.</summary>
    public AttentionKind Kind { get; set; }

    /// <summary>Maps <c>[batch, tokens, hidden]</c> to the same shape, with or without a cache for each row; the caller owns the result.</summary>
    public override Tensor forward(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches) =>
        Forward(x, rotation, caches, ActivationType.Float32);

    /// <summary>
    /// The same, with what waits for backward in some type; where its output is not needed, only what its gradients need is computed.
    /// </summary>
    internal Tensor Forward(Tensor x, Rotation rotation, IReadOnlyList<LayerCache>? caches, ActivationType kept, bool outputNeeded = true)
    {
        using var scope = NewDisposeScope();
        using var input = new SharedInput(x, kept);
        var (q, k, v) = Inputs.Count == 1 ? Parted(input, rotation) : (
            RotaryFunction.Apply(Heads(Query, input, _layout.Heads, QueryNorm, kept), rotation, _rotation),
            RotaryFunction.Apply(Heads(Key, input, _layout.KeyValueHeads, KeyNorm, kept), rotation, _rotation),
            Heads(Value, input, _layout.KeyValueHeads, null, kept).transpose(1, 2));
        var pattern = _pattern with { Layout = rotation.Layout, Kept = kept };
        using var attended = new SharedInput(caches is null
            ? AttentionMethod.Apply(Kind, q, k, v, pattern)
            : CachedAttention.Apply(Kind, q, k, v, caches, pattern), kept);
        return Output.Forward(attended, outputNeeded).MoveToOuterDisposeScope();
    }

    private (Tensor Q, Tensor K, Tensor V) Parted(SharedInput input, Rotation rotation)
    {
        using var flat = Query.Forward(input);
        using var fused = flat.view(input.Shape[0], input.Shape[1], -1);
        return HeadsFunction.Apply(fused, rotation, _layout, _rotation);
    }

    private Tensor Heads(Projection projection, SharedInput input, int heads, Norm? norm, ActivationType kept)
    {
        using var flat = projection.Forward(input);
        var parted = flat.view(input.Shape[0], input.Shape[1], heads, _layout.Size);
        return norm is null ? parted : norm.Forward(parted, kept);
    }
}
