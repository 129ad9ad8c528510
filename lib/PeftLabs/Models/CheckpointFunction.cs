using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Activation checkpointing (arXiv 1604.06174): forward keeps a part's input alone, in an <see cref="ActivationStore"/>, and backward
/// computes the part again. The random masks of dropout depend on seeds that do not change between the two.
/// </summary>
internal sealed class CheckpointFunction : autograd.SingleTensorFunction<CheckpointFunction>
{
    public override string Name => "Checkpoint";

    /// <summary>Applies a part to <paramref name="x"/> <c>[batch, tokens, hidden]</c>.</summary>
    /// <param name="part">What is computed twice.</param>
    /// <param name="store">Where its input waits.</param>
    /// <param name="x">Its input.</param>
    /// <param name="rotation">The positions.</param>
    /// <param name="anchor">Any tensor that requires a gradient: without it a part whose input is frozen would never be reached.</param>
    /// <param name="done">Called when the part's gradients are there.</param>
    /// <param name="place">The block in a profile, and what the engine does behind it in backward where that is not the block's.</param>
    public static Tensor Apply(IRecomputed part, ActivationStore store, Tensor x, Rotation rotation, Tensor anchor, Action? done,
        (ScopePath Block, ScopePath? Before) place)
    {
        return ForwardScope.Run(() => apply(x, anchor, rotation.Cosines, rotation.Sines, rotation, part, store, done!, place), nested: true);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, rotation, part, store) = ((Tensor)vars[0], (Rotation)vars[4], (IRecomputed)vars[5], (ActivationStore)vars[6]);
        using var _ = no_grad();
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([(Tensor)vars[2], (Tensor)vars[3]]);
        ctx.save_data("call", new Call(part, rotation, store.Put(x), x.requires_grad, (Action?)vars[7])
        {
            Place = ((ScopePath, ScopePath?))vars[8],
        });
        return part.Forward(x, rotation);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor g)
    {
        var call = (Call)ctx.get_data("call");
        using var profile = ProfileScope.Called(call.Place.Block, call.Place.Before);
        using var scope = BackwardScope.Enter(g);
        var saved = ctx.get_saved_variables();
        var x = call.Input.Take();
        var gradient = call.Part.Backward(x, call.Rotation.Over(saved[0], saved[1]), g, call.NeedsInput);
        call.Done?.Invoke();
        return scope.Return(ctx, gradient, null, null, null, null, null, null, null, null);
    }

    private sealed record Call(IRecomputed Part, Rotation Rotation, StoredActivation Input, bool NeedsInput, Action? Done)
    {
        public required (ScopePath Block, ScopePath? Before) Place { get; init; }
    }
}
