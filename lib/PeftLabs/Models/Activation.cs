namespace PeftLabs.Models;

/// <summary>The function within a feed-forward.</summary>
public enum Activation
{
    /// <summary>x·σ(x), also called swish.</summary>
    Silu,

    /// <summary>x·Φ(x), Φ being the normal distribution (GELU, arXiv 1606.08415): <c>gelu</c> in config.json.</summary>
    Gelu,

    /// <summary>
    /// x·½·(1 + tanh(√(2/π)·(x + 0.044715·x³))), GELU's approximation: <c>gelu_new</c>, <c>gelu_fast</c> and <c>gelu_pytorch_tanh</c> in
    /// config.json.
    /// </summary>
    GeluTanh,
}
