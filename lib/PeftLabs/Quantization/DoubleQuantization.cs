using System.Buffers;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// Quantizes the scales of a block format once more (QLoRA, arXiv 2305.14314, section 3): their mean is taken off, and the rest goes into
/// the dynamic 8-bit map in blocks of 256. A scale then takes 8.125 bits instead of 32.
/// </summary>
public static class DoubleQuantization
{
    private static readonly DynamicCodec8 Codec = new(BlockScales.DefaultNestedBlockSize);

    /// <summary>Scales of scales that <paramref name="blocks"/> scales need.</summary>
    public static int NestedBlocks(int blocks) => (int)Check.Blocks(blocks, BlockScales.DefaultNestedBlockSize);

    /// <summary>Encodes the scales and returns their mean, the offset that decoding adds again.</summary>
    /// <remarks>
    /// The mean is summed in float32 in the order of torch on one thread with AVX2, which is what bitsandbytes' files of that origin hold.
    /// torch takes another order with AVX-512, on a GPU, and on several threads from 32768 scales on, and its mean then differs in the
    /// last bits: the offset is not defined more closely than that. A file carries it, and decoding follows the file.
    /// </remarks>
    /// <exception cref="NonFiniteWeightException">A scale is NaN or infinite.</exception>
    /// <exception cref="ArgumentException">codes or nestedAbsMax are of another length than the scales ask for.</exception>
    public static float Encode(ReadOnlySpan<float> absMax, Span<byte> codes, Span<float> nestedAbsMax)
    {
        var centred = ArrayPool<float>.Shared.Rent(absMax.Length);
        absMax.CopyTo(centred);
        var offset = EncodeInPlace(centred.AsSpan(0, absMax.Length), codes, nestedAbsMax);
        ArrayPool<float>.Shared.Return(centred);
        return offset;
    }

    /// <summary>The same; the scales' mean is taken off them where they stand.</summary>
    internal static float EncodeInPlace(Span<float> absMax, Span<byte> codes, Span<float> nestedAbsMax)
    {
        var offset = absMax.IsEmpty ? 0 : CascadeSum.Of(absMax) / absMax.Length;
        foreach (ref var scale in absMax)
            scale -= offset;
        Codec.Quantize(absMax, codes, nestedAbsMax);
        return offset;
    }
}
