using PeftLabs.Memory.Profiling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>The norm of all gradients together, and scaling them down to a limit.</summary>
internal static class GradientNorm
{
    /// <summary>Scales gradients down where their norm is above the limit; gives the norm before that.</summary>
    public static double Clip(IReadOnlyList<Parameter> parameters, double limit)
    {
        using var profile = ProfileScope.Operator("gradient norm");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var gradients = parameters.Select(p => p.grad).OfType<Tensor>().ToList();
        var norm = stack(gradients.Select(g => g.norm())).norm().item<float>();
        if (norm > limit)
        {
            // PyTorch adds a millionth so that nothing is divided by zero.
            foreach (var gradient in gradients)
                gradient.mul_(limit / (norm + 1e-6));
        }
        return norm;
    }

    /// <summary>Frees every gradient.</summary>
    public static void Free(IReadOnlyList<Parameter> parameters)
    {
        using var profile = ProfileScope.Operator("freed gradients");
        foreach (var parameter in parameters)
            parameter.grad = null;
    }
}
