using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Who owns what in a custom function's backward: the gradient and the saved tensors it is given are disposed when it ends, and
/// what it returns when the next one on this thread begins, by which time the engine holds its own references. What forward saved
/// is let go with it, not only when the whole graph is: otherwise all activations would live until the end of backward. So backward
/// runs once.
/// </summary>
internal static class BackwardScope
{
    [ThreadStatic]
    private static List<Tensor>? s_returned;

    /// <summary>Begins a backward call; everything made until the scope ends belongs to it, the gradient included.</summary>
    public static DisposeScope Enter(Tensor gradient)
    {
        Release();
        var scope = NewDisposeScope();
        scope.Attach(gradient);
        return scope;
    }

    /// <summary>The list that backward returns; its tensors leave the scope.</summary>
    public static List<Tensor> Return(this DisposeScope scope, autograd.AutogradContext ctx, params ReadOnlySpan<Tensor?> gradients)
    {
        var returned = s_returned ??= [];
        var list = new List<Tensor>(gradients.Length);
        foreach (var gradient in gradients)
        {
            list.Add(gradient!);
            if (gradient is null)
                continue;
            scope.Detach(gradient);
            returned.Add(gradient);
        }
        ctx.Dispose();
        return list;
    }

    /// <summary>Disposes what the last backward call on this thread returned; the loop calls it when backward has ended.</summary>
    public static void Release()
    {
        if (s_returned is not { Count: > 0 } returned)
            return;
        foreach (var tensor in returned)
            tensor.Dispose();
        returned.Clear();
    }
}
