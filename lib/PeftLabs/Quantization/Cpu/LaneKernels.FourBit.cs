using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    private const int LaneBytes4 = Lanes / 2;

    [MethodImpl(Hot.Loop)]
    public override void Encode4(CodeBook4 book, float* values, nint count, float inverse, byte* packed)
    {
        var tables = book.Tables;
        var tree = TLanes.Table(tables.Tree);
        var scale = TLanes.Broadcast(inverse);
        var codes = tables.CodeOfRank;
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Encode(tree, tables.Bounds, codes, TLanes.Multiply(TLanes.Load(values + i), scale), packed + i / 2);
        if (i == count)
            return;
        var rest = stackalloc byte[LaneBytes4];
        TLanes.Encode(tree, tables.Bounds, codes, TLanes.Multiply(LoadPart(values + i, count - i), scale), rest);
        Unsafe.CopyBlockUnaligned(packed + i / 2, rest, (uint)(count - i + 1) / 2);
    }

    [MethodImpl(Hot.Loop)]
    public override void Decode4(CodeBook4 book, byte* packed, nint block, nint blocks, float* scales, float* values, bool streaming)
    {
        var table = TLanes.Table(book.Tables.Decoded);
        for (nint b = 0; b < blocks; b++)
        {
            var scale = TLanes.Broadcast(scales[b]);
            var end = values + block;
            if (streaming)
                for (; values < end; values += 2 * Lanes, packed += 2 * LaneBytes4)
                {
                    TLanes.StoreStreaming(TLanes.Multiply(TLanes.Lookup(table, packed), scale), values);
                    TLanes.StoreStreaming(TLanes.Multiply(TLanes.Lookup(table, packed + LaneBytes4), scale), values + Lanes);
                }
            else
                for (; values < end; values += 2 * Lanes, packed += 2 * LaneBytes4)
                {
                    TLanes.Store(TLanes.Multiply(TLanes.Lookup(table, packed), scale), values);
                    TLanes.Store(TLanes.Multiply(TLanes.Lookup(table, packed + LaneBytes4), scale), values + Lanes);
                }
        }
    }

    [MethodImpl(Hot.Loop)]
    public override void DecodePart4(CodeBook4 book, byte* packed, nint count, float scale, float* values)
    {
        var table = TLanes.Table(book.Tables.Decoded);
        var scales = TLanes.Broadcast(scale);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Lookup(table, packed + i / 2), scales), values + i);
        if (i == count)
            return;
        ulong rest = 0;
        Unsafe.CopyBlockUnaligned(&rest, packed + i / 2, (uint)(count - i + 1) / 2);
        StorePart(TLanes.Multiply(TLanes.Lookup(table, (byte*)&rest), scales), values + i, count - i);
    }

    [MethodImpl(Hot.Loop)]
    public override void Multiply4(
        CodeBook4 book, byte* packed, nint block, nint blocksPerRow, float* scales, VectorBatch x, float* y, nint rows)
    {
        var table = TLanes.Table(book.Tables.Decoded);
        var rowBytes = block * blocksPerRow / 2;
        nint row = 0;
        if (x.Count > 1)
            for (; row < rows; row++)
                for (var first = 0; first < x.Count; first += 4)
                    FourVectors(table, packed + row * rowBytes, block, blocksPerRow, scales + row * blocksPerRow, x, first, y + row);
        for (; row <= rows - 2; row += 2)
            TwoRows(table, packed + row * rowBytes, block, blocksPerRow, scales + row * blocksPerRow, x[0], y + row);
        if (row < rows)
            y[row] = OneRow(table, packed + row * rowBytes, block, blocksPerRow, scales + row * blocksPerRow, x[0]);
    }

    // Within a block sums of level · x in sixteen lanes, even and odd groups apart; the block's scale multiplies those sums once.
    [MethodImpl(Hot.Loop)]
    private static float OneRow(TTable table, byte* packed, nint block, nint blocks, float* scales, float* x)
    {
        var sum = TLanes.Broadcast(0);
        for (nint b = 0; b < blocks; b++)
        {
            var (even, odd) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
            for (nint i = 0; i < block; i += 2 * Lanes, packed += 2 * LaneBytes4, x += 2 * Lanes)
            {
                even = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed), TLanes.Load(x), even);
                odd = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed + LaneBytes4), TLanes.Load(x + Lanes), odd);
            }
            sum = TLanes.FusedMultiplyAdd(TLanes.Add(even, odd), TLanes.Broadcast(scales[b]), sum);
        }
        return TLanes.Sum(sum);
    }

    [MethodImpl(Hot.Loop)]
    private static void TwoRows(TTable table, byte* packed, nint block, nint blocks, float* scales, float* x, float* y)
    {
        var nextRow = block * blocks / 2;
        var (sum0, sum1) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
        for (nint b = 0; b < blocks; b++)
        {
            var (even0, odd0, even1, odd1) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
            for (nint i = 0; i < block; i += 2 * Lanes, packed += 2 * LaneBytes4, x += 2 * Lanes)
            {
                var (xEven, xOdd) = (TLanes.Load(x), TLanes.Load(x + Lanes));
                even0 = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed), xEven, even0);
                odd0 = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed + LaneBytes4), xOdd, odd0);
                even1 = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed + nextRow), xEven, even1);
                odd1 = TLanes.FusedMultiplyAdd(TLanes.Lookup(table, packed + nextRow + LaneBytes4), xOdd, odd1);
            }
            sum0 = TLanes.FusedMultiplyAdd(TLanes.Add(even0, odd0), TLanes.Broadcast(scales[b]), sum0);
            sum1 = TLanes.FusedMultiplyAdd(TLanes.Add(even1, odd1), TLanes.Broadcast(scales[b + blocks]), sum1);
        }
        (y[0], y[1]) = (TLanes.Sum(sum0), TLanes.Sum(sum1));
    }

    [MethodImpl(Hot.Loop)]
    private static void FourVectors(
        TTable table, byte* packed, nint block, nint blocks, float* scales, VectorBatch x, int first, float* y)
    {
        float* a = x[first], b = x[first + 1], c = x[first + 2], d = x[first + 3];
        var (sumA, sumB, sumC, sumD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint at = 0;
        for (nint index = 0; index < blocks; index++)
        {
            var (evenA, evenB, evenC, evenD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
            var (oddA, oddB, oddC, oddD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
            for (var end = at + block; at < end; at += 2 * Lanes, packed += 2 * LaneBytes4)
            {
                var (even, odd) = (TLanes.Lookup(table, packed), TLanes.Lookup(table, packed + LaneBytes4));
                evenA = TLanes.FusedMultiplyAdd(even, TLanes.Load(a + at), evenA);
                oddA = TLanes.FusedMultiplyAdd(odd, TLanes.Load(a + at + Lanes), oddA);
                evenB = TLanes.FusedMultiplyAdd(even, TLanes.Load(b + at), evenB);
                oddB = TLanes.FusedMultiplyAdd(odd, TLanes.Load(b + at + Lanes), oddB);
                evenC = TLanes.FusedMultiplyAdd(even, TLanes.Load(c + at), evenC);
                oddC = TLanes.FusedMultiplyAdd(odd, TLanes.Load(c + at + Lanes), oddC);
                evenD = TLanes.FusedMultiplyAdd(even, TLanes.Load(d + at), evenD);
                oddD = TLanes.FusedMultiplyAdd(odd, TLanes.Load(d + at + Lanes), oddD);
            }
            var scale = TLanes.Broadcast(scales[index]);
            sumA = TLanes.FusedMultiplyAdd(TLanes.Add(evenA, oddA), scale, sumA);
            sumB = TLanes.FusedMultiplyAdd(TLanes.Add(evenB, oddB), scale, sumB);
            sumC = TLanes.FusedMultiplyAdd(TLanes.Add(evenC, oddC), scale, sumC);
            sumD = TLanes.FusedMultiplyAdd(TLanes.Add(evenD, oddD), scale, sumD);
        }
        *x.Sum(y, first) = TLanes.Sum(sumA);
        *x.Sum(y, first + 1) = TLanes.Sum(sumB);
        *x.Sum(y, first + 2) = TLanes.Sum(sumC);
        *x.Sum(y, first + 3) = TLanes.Sum(sumD);
    }
}
