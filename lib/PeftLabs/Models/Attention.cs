using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Causal self-attention with grouped heads (arXiv 2305.13245) and rotary positions.</summary>
public sealed class Attention : nn.Module<Tensor, Rotation, IReadOnlyList<LayerCache>?, Tensor>
{
    private readonly int _heads, _keyValueHeads, _headSize;
    private readonly ScopePath _rotation, _attention;

    internal Attention(ModelConfig config, string layer, WeightReader weights, ScopePath scope)
        : base(layer)
    {
        (_rotation, _attention) = (scope.Operator("rotation"), scope.Operator("attention"));
        (_heads, _keyValueHeads, _headSize) = (config.Heads, config.KeyValueHeads, config.HeadSize);
        long hidden = config.HiddenSize, query = (long)_heads * _headSize, keyValue = (long)_keyValueHeads * _headSize;
        var (family, bias) = (config.Family, config.QueryKeyValueBias);
        Query = weights.Projection($"{layer}.{family.Query}", query, hidden, bias, scope);
        Key = weights.Projection($"{layer}.{family.Key}", keyValue, hidden, bias, scope);
        Value = weights.Projection($"{layer}.{family.Value}", keyValue, hidden, bias, scope);
        Output = weights.Projection($"{layer}.{family.Output}", hidden, query, config.OutputBias, scope);
        register_module("query", Query);
        register_module("key", Key);
        register_module("value", Value);
        register_module("output", Output);
    }

    /// <summary>Hidden to query heads.</summary>
    public Projection Query { get; }

    /// <summary>Hidden to key heads.</summary>
    public Projection Key { get; }

    /// <summary>Hidden to value heads.</summary>
    public Projection Value { get; }

    /// <summary>Heads back to hidden.</summary>
    public Projection Output { get; }

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
        var q = RotaryFunction.Apply(Heads(Query, input, _heads), rotation, _rotation);
        var k = RotaryFunction.Apply(Heads(Key, input, _keyValueHeads), rotation, _rotation);
        var v = Heads(Value, input, _keyValueHeads).transpose(1, 2);
        var pattern = new AttentionPattern(rotation.Layout) { Kept = kept, Scope = _attention };
        using var attended = new SharedInput(caches is null
            ? AttentionMethod.Apply(Kind, q, k, v, pattern)
            : CachedAttention.Apply(Kind, q, k, v, caches, pattern), kept);
        return Output.Forward(attended, outputNeeded).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Projection projection, SharedInput input, int heads)
    {
        using var flat = projection.Forward(input);
        return flat.view(input.Shape[0], input.Shape[1], heads, _headSize);
    }
}
