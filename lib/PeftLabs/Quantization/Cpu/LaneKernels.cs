using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

/// <summary>
/// The kernels over sixteen lanes. What does not fill sixteen lanes goes through a zero-padded copy and the same instructions, so that a
/// value does not depend on where it stands.
/// </summary>
internal sealed unsafe partial class LaneKernels<TLanes, TTable>(string name) : CpuKernels
    where TLanes : unmanaged, ILanes<TLanes, TTable>
    where TTable : unmanaged
{
    private const int Lanes = ILanes<TLanes, TTable>.Count;

    public override string Name => name;

    [MethodImpl(Hot.Loop)]
    public override int MaxMagnitudeBits(float* values, nint count)
    {
        var magnitude = TLanes.BroadcastBits(int.MaxValue);
        var (first, second) = (TLanes.BroadcastBits(0), TLanes.BroadcastBits(0));
        nint i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            first = TLanes.MaxBits(first, TLanes.And(TLanes.Load(values + i), magnitude));
            second = TLanes.MaxBits(second, TLanes.And(TLanes.Load(values + i + Lanes), magnitude));
        }
        var best = TLanes.MaxBitsAcross(TLanes.MaxBits(first, second));
        for (; i < count; i++)
            best = Math.Max(best, BitConverter.SingleToInt32Bits(values[i]) & int.MaxValue);
        return best;
    }

    [MethodImpl(Hot.Loop)]
    public override void Transpose(
        float* source, nint sourceStride, nint rows, nint columns, float* destination, nint destinationStride)
    {
        var (wholeRows, wholeColumns) = (rows & ~7, columns & ~7);
        // Columns outside: what one store begins of a cache line, the next one completes.
        for (nint column = 0; column < wholeColumns; column += 8)
            for (nint row = 0; row < wholeRows; row += 8)
                TLanes.Transpose8(source + row * sourceStride + column, sourceStride,
                    destination + column * destinationStride + row, destinationStride);
        for (nint row = 0; row < rows; row++)
            for (var column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
                destination[column * destinationStride + row] = source[row * sourceStride + column];
    }

    // Both padded buffers are zero beyond what is copied, so that the lanes beyond the end add exact zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LoadPart(float* source, nint count)
    {
        var padded = stackalloc float[Lanes];
        new Span<float>(padded, Lanes).Clear();
        Unsafe.CopyBlockUnaligned(padded, source, (uint)count * sizeof(float));
        return TLanes.Load(padded);
    }

    private static void StorePart(TLanes value, float* destination, nint count)
    {
        var padded = stackalloc float[Lanes];
        TLanes.Store(value, padded);
        Unsafe.CopyBlockUnaligned(destination, padded, (uint)count * sizeof(float));
    }
}
