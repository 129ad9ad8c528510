using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>The memory of a contiguous host tensor, of any size; valid while the tensor lives.</summary>
internal readonly record struct NativeRange(nint Address, long Bytes)
{
    /// <summary>The memory of a tensor.</summary>
    public static unsafe NativeRange Of(Tensor tensor)
    {
        if (tensor.numel() == 0)
            return new(0, 0);
        using var scope = NewDisposeScope();
        // A span of the whole would end at 2 GiB.
        fixed (byte* first = tensor.view(-1).narrow(0, 0, 1).bytes)
            return new((nint)first, tensor.numel() * tensor.element_size());
    }

    /// <summary>A part of it.</summary>
    public unsafe Span<byte> Part(long first, int bytes) => new((byte*)Address + first, bytes);
}
