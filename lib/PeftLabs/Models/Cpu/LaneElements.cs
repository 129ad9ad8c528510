using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

/// <summary>The kernels over sixteen lanes. What does not fill sixteen lanes goes through a zero-padded copy.</summary>
internal sealed unsafe partial class LaneElements<TLanes, TTable>(string name) : ElementKernels
    where TLanes : unmanaged, ILanes<TLanes, TTable>
    where TTable : unmanaged
{
    private const int Lanes = ILanes<TLanes, TTable>.Count;

    public override string Name => name;

    /// <summary>How sixteen numbers are read.</summary>
    private interface IReader
    {
        static abstract TLanes Load(void* source);
    }

    private readonly struct Single : IReader
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load(void* source) => TLanes.Load((float*)source);
    }

    private readonly struct Brain : IReader
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load(void* source) =>
            LaneKernels<TLanes, TTable>.BFloat16.Widen(TLanes.LoadUInt16((ushort*)source));
    }

    private readonly struct Half : IReader
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load(void* source) =>
            LaneKernels<TLanes, TTable>.Float16.Widen(TLanes.LoadUInt16((ushort*)source));
    }

    private static TLanes LoadPart(float* source, nint count)
    {
        var padded = stackalloc float[Lanes];
        new Span<float>(padded, Lanes).Clear();
        Unsafe.CopyBlockUnaligned(padded, source, (uint)count * sizeof(float));
        return TLanes.Load(padded);
    }

    private static TLanes LoadPart<TReader>(KeptValues source, nint index, nint count)
        where TReader : struct, IReader
    {
        var padded = stackalloc float[Lanes];
        new Span<float>(padded, Lanes).Clear();
        Unsafe.CopyBlockUnaligned(padded, source.At(index), (uint)(count * source.Bytes));
        return TReader.Load(padded);
    }

    private static void StorePart(TLanes value, float* destination, nint count)
    {
        var padded = stackalloc float[Lanes];
        TLanes.Store(value, padded);
        Unsafe.CopyBlockUnaligned(destination, padded, (uint)count * sizeof(float));
    }
}
