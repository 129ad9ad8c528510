using PeftLabs.Quantization;
using static TorchSharp.torch;

namespace PeftLabs.Models.Cpu;

/// <summary>Numbers that a kernel reads: in float32, or as they were kept in 16 bits.</summary>
internal readonly unsafe struct KeptValues
{
    private readonly byte* _address;

    private KeptValues(byte* address, ActivationType type)
    {
        _address = address;
        Type = type;
    }

    public ActivationType Type { get; }

    public int Bytes => Type == ActivationType.Float32 ? sizeof(float) : sizeof(ushort);

    /// <summary>The elements of a contiguous CPU tensor, which outlives this.</summary>
    public static KeptValues Of(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => Of(tensor.Pointer<float>()),
        ScalarType.BFloat16 => new((byte*)tensor.Pointer<ushort>(), ActivationType.BFloat16),
        ScalarType.Float16 => new((byte*)tensor.Pointer<ushort>(), ActivationType.Float16),
        _ => throw new ArgumentException($"A kernel reads float32, bfloat16 or float16, not {tensor.dtype}.", nameof(tensor)),
    };

    public static KeptValues Of(float* values) => new((byte*)values, ActivationType.Float32);

    /// <summary>The address of an element.</summary>
    public void* At(nint index) => _address + index * Bytes;

    /// <summary>The numbers from an element on.</summary>
    public KeptValues From(nint index) => new((byte*)At(index), Type);
}
