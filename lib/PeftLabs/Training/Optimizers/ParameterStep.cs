using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>One parameter's part of a step.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Parameter">The parameter, contiguous.</param>
/// <param name="Gradient">Its gradient, contiguous.</param>
/// <param name="State">Its state, as its layout has it.</param>
/// <param name="Rate">Its learning rate.</param>
internal sealed record ParameterStep(string Name, Tensor Parameter, Tensor Gradient, StateBuffer[] State, double Rate)
{
    /// <summary>
    /// Moves a part of the parameter in float32, whatever its own type is; <paramref name="move"/> changes the tensor it gets in place.
    /// </summary>
    public static void Edit(Tensor part, Action<Tensor> move)
    {
        if (part.dtype == ScalarType.Float32)
        {
            move(part);
            return;
        }
        var values = part.to(ScalarType.Float32);
        move(values);
        part.copy_(values);
    }
}
