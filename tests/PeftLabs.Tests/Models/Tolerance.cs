using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>Compares tensors by the largest difference, relative to the largest value expected.</summary>
internal static class Tolerance
{
    public static void Near(Tensor expected, Tensor actual, double relative, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var scale = Math.Max(1e-30, expected.abs().max().item<float>());
        var difference = expected.sub(actual).abs().max().item<float>() / scale;
        Assert.True(difference <= relative, $"{what}: off by {difference:e2} of its largest value; {relative:e2} is allowed.");
    }
}
