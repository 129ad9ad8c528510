using PeftLabs.Training.Optimizers.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>Dynamic 8-bit state by tensor operators, with the bits that the kernels give.</summary>
internal static class DynamicOperators
{
    /// <summary>The values of whole blocks, the last perhaps short: level[code] × absmax.</summary>
    public static Tensor Decode(DynamicRounding rounding, Tensor codes, Tensor absMax)
    {
        var levels = tensor(rounding.Levels.ToArray(), device: codes.device);
        return levels.index_select(0, codes.to(ScalarType.Int64)).mul_(Spread(absMax, codes.numel()));
    }

    /// <summary>Rounds values to codes and scales, in place of those that are there.</summary>
    public static void Encode(DynamicRounding rounding, Tensor values, Tensor codes, Tensor absMax)
    {
        using var scope = NewDisposeScope();
        absMax.copy_(Largest(values, absMax.numel()));
        var bounds = tensor(rounding.Bounds[..^1].ToArray(), device: codes.device);
        var scales = Spread(absMax, values.numel());
        var rounded = values.div(scales).bucketize(bounds, outInt32: true);
        codes.copy_(rounded.masked_fill_(scales.eq(0), rounding.Zero));
    }

    private static Tensor Spread(Tensor absMax, long values) =>
        absMax.unsqueeze(1).expand(absMax.numel(), StateLayout.BlockSize).reshape(-1).narrow(0, 0, values);

    private static Tensor Largest(Tensor values, long blocks)
    {
        var padding = blocks * StateLayout.BlockSize - values.numel();
        var whole = padding == 0 ? values : cat([values, zeros([padding], device: values.device)]);
        return whole.view(blocks, StateLayout.BlockSize).abs().amax([1]);
    }
}
