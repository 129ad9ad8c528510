using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>A part of the model that <see cref="CheckpointFunction"/> computes twice: for its output, and again for its gradients.</summary>
internal interface IRecomputed
{
    /// <summary>The output for <paramref name="x"/> <c>[batch, tokens, hidden]</c>, nothing recorded.</summary>
    Tensor Forward(Tensor x, Rotation rotation);

    /// <summary>
    /// Computes the part again, recording, and runs backward through it: gradients of parameters are added to theirs, and that of
    /// <paramref name="x"/> is returned, or null where x has <paramref name="needsInput"/> false.
    /// </summary>
    Tensor? Backward(Tensor x, Rotation rotation, Tensor gradient, bool needsInput);
}
