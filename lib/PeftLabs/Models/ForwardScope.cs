using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Who owns what in a custom function's forward: its temporaries, and its references to what it saves for backward, go when it has
/// been applied. They must not go earlier, for saving happens after forward has returned.
/// </summary>
internal static class ForwardScope
{
    /// <summary>Applies a function; the caller owns the result.</summary>
    public static Tensor Run(Func<Tensor> apply)
    {
        using var scope = NewDisposeScope();
        var result = apply();
        OutputCache.Free();
        return result.MoveToOuterDisposeScope();
    }
}
