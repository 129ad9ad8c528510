using PeftLabs.Memory.Profiling;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The ways to compute attention, behind one call.</summary>
internal static class AttentionMethod
{
    /// <summary>
    /// Attends from <paramref name="q"/> <c>[batch, heads, tokens, d]</c> to <paramref name="k"/> and <paramref name="v"/>
    /// <c>[batch, keyValueHeads, keys, d]</c>, the last <c>tokens</c> of the keys being the queries' own positions. Gives
    /// <c>[batch, tokens, heads·d]</c>, with zeros at padding; the caller owns it.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes fit neither each other nor the pattern.</exception>
    public static Tensor Apply(AttentionKind kind, Tensor q, Tensor k, Tensor v, AttentionPattern? pattern = null)
    {
        pattern ??= AttentionPattern.Causal;
        using var profile = ProfileScope.Within(pattern.Scope);
        return kind switch
        {
            AttentionKind.Plain => AttentionFunction.Apply(q, k, v, pattern),
            AttentionKind.Sdpa => SdpaAttention.Apply(q, k, v, pattern),
            AttentionKind.Tiled => TiledAttentionFunction.Apply(q, k, v, pattern),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Attention is Plain, Sdpa or Tiled."),
        };
    }
}
