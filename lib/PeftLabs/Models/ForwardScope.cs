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
    /// <param name="apply">The application.</param>
    /// <param name="nested">Whether the function applies others within its own forward.</param>
    public static Tensor Run(Func<Tensor> apply, bool nested = false)
    {
        using var scope = NewDisposeScope();
        var result = apply();
        OutputCache.Free(nested);
        return result.MoveToOuterDisposeScope();
    }
}
