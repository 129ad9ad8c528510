using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A CPU tensor's memory.</summary>
internal static class TensorSpan
{
    /// <summary>The elements of a contiguous CPU tensor, in place.</summary>
    public static Span<T> Span<T>(this Tensor tensor)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>The address of the elements of a contiguous CPU tensor, while it lives.</summary>
    public static unsafe T* Pointer<T>(this Tensor tensor)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
