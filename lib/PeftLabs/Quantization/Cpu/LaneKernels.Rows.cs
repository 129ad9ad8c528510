using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    [MethodImpl(Hot.Loop)]
    public override void AddRowsFloat32(float* rows, nint count, nint size, float* weights, float* y) =>
        AddRows(new Single(rows), count, size, weights, y);

    [MethodImpl(Hot.Loop)]
    public override void AddRowsBFloat16(ushort* rows, nint count, nint size, float* weights, float* y) =>
        AddRows(new Sixteen<BFloat16>(rows), count, size, weights, y);

    [MethodImpl(Hot.Loop)]
    public override void AddRowsInt8(sbyte* rows, nint count, nint size, float* weights, float* y) =>
        AddRows(new Int8(rows), count, size, weights, y);

    // Sixty-four columns stay in registers while all rows go by.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRows<TRow>(TRow rows, nint count, nint size, float* weights, float* y)
        where TRow : struct, IRow
    {
        nint column = 0;
        for (; column <= size - 4 * Lanes; column += 4 * Lanes)
        {
            var (a, b) = (TLanes.Load(y + column), TLanes.Load(y + column + Lanes));
            var (c, d) = (TLanes.Load(y + column + 2 * Lanes), TLanes.Load(y + column + 3 * Lanes));
            for (nint row = 0, at = column; row < count; row++, at += size)
            {
                var weight = TLanes.Broadcast(weights[row]);
                a = TLanes.FusedMultiplyAdd(rows.Read(at), weight, a);
                b = TLanes.FusedMultiplyAdd(rows.Read(at + Lanes), weight, b);
                c = TLanes.FusedMultiplyAdd(rows.Read(at + 2 * Lanes), weight, c);
                d = TLanes.FusedMultiplyAdd(rows.Read(at + 3 * Lanes), weight, d);
            }
            TLanes.Store(a, y + column);
            TLanes.Store(b, y + column + Lanes);
            TLanes.Store(c, y + column + 2 * Lanes);
            TLanes.Store(d, y + column + 3 * Lanes);
        }
        for (; column < size; column += Lanes)
        {
            var width = Math.Min(Lanes, size - column);
            var sum = LoadUpTo(y + column, width, 0);
            for (nint row = 0, at = column; row < count; row++, at += size)
                sum = TLanes.FusedMultiplyAdd(width == Lanes ? rows.Read(at) : rows.ReadPart(at, width), TLanes.Broadcast(weights[row]), sum);
            StoreUpTo(sum, y + column, width);
        }
    }
}
