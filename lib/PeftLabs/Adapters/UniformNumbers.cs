using System.Runtime.InteropServices;
using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>Uniform numbers that depend on a seed and a name alone, so that an adapter starts the same everywhere.</summary>
internal static class UniformNumbers
{
    /// <summary>A float32 CPU tensor with numbers in ±<paramref name="bound"/>.</summary>
    public static Tensor Make(long[] shape, double bound, ulong seed, string name)
    {
        var values = empty(shape, dtype: ScalarType.Float32);
        var span = MemoryMarshal.Cast<byte, float>(values.bytes);
        var bits = new RandomBits(seed, name);
        for (var i = 0; i < span.Length; i++)
            span[i] = (float)(bound * (2 * bits.Unit(i) - 1));
        return values;
    }
}
