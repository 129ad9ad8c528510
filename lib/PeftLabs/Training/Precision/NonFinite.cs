using System.Globalization;
using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Finds where a batch's numbers stop being finite: in a weight, in forward, or in backward.</summary>
public static class NonFinite
{
    /// <summary>
    /// Says in a sentence or two which weight is not finite already, else which module's output is not, found by a second forward pass
    /// that records nothing, else which gradient is, the first in the order of backward. Gradients are looked at as they stand.
    /// </summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="batch">The batch; rows and tokens are counted from 0.</param>
    /// <param name="parameters">What is trained, by name.</param>
    public static string Describe(CausalLM model, TrainingBatch batch, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (Weight(model, parameters) is { } weight)
            return $"The weight '{weight.Name}' is not finite already ({weight.Place}): an earlier step or the checkpoint broke it.";
        if (ForwardSearch.Run(model, batch) is { } forward)
            return forward;
        var gradient = BackwardOrder.Of(model, parameters).Select(p => (p.Name, Place: Place(p.Parameter.grad)))
            .FirstOrDefault(p => p.Place is not null);
        return gradient.Place is null
            ? "Weights, the forward pass and each gradient are finite now, one by one."
            : $"The forward pass is finite; in backward the first gradient that is not is that of '{gradient.Name}' ({gradient.Place}).";
    }

    /// <summary>What and where the first value is that is not finite, as in <c>NaN at [3, 5]</c>; null where all are.</summary>
    internal static string? Place(Tensor? tensor)
    {
        if (tensor is null || !tensor.is_floating_point())
            return null;
        using var scope = NewDisposeScope();
        var flat = tensor.detach().reshape(-1);
        // By parts: the flags of a large matrix would take a quarter of it.
        const long part = 1 << 22;
        for (var first = 0L; first < flat.shape[0]; first += part)
        {
            using var inner = NewDisposeScope();
            var values = flat.narrow(0, first, Math.Min(part, flat.shape[0] - first));
            var bad = values.isfinite().logical_not().nonzero();
            if (bad.shape[0] == 0)
                continue;
            var index = bad[0, 0].item<long>();
            return $"{Text(values[index])} at [{string.Join(", ", Indices(first + index, tensor.shape))}]";
        }
        return null;
    }

    /// <summary>A number as text: NaN, Infinity or -Infinity, whatever the culture.</summary>
    internal static string Text(Tensor number)
    {
        using var value = number.to(ScalarType.Float32);
        return value.item<float>().ToString(CultureInfo.InvariantCulture);
    }

    // Trained ones first: it is they that a step breaks.
    private static (string Name, string Place)? Weight(CausalLM model, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        var frozen = model.Projections.Values.Select(p => (p.Path, p.Weight)).Prepend((model.Config.Family.Embedding, model.Embedding))
            .SelectMany(w => w.Item2.Tensors.Select(t => ($"{w.Item1}.{t.Role}", t.Tensor)));
        var all = parameters.Select(p => (p.Name, (Tensor)p.Parameter))
            .Concat(model.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2)))
            .Concat(frozen);
        foreach (var (name, tensor) in all)
            if (Place(tensor) is { } place)
                return (name, place);
        return null;
    }

    private static long[] Indices(long flat, long[] shape)
    {
        var indices = new long[shape.Length];
        for (var i = shape.Length - 1; i >= 0; i--)
            (flat, indices[i]) = Math.DivRem(flat, shape[i]);
        return indices;
    }
}
