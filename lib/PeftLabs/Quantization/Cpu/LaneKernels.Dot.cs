using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    /// <summary>Stored rows, one after the other, read sixteen weights at a time, unscaled.</summary>
    private interface IRow
    {
        TLanes Read(nint index);

        /// <summary>The last weights of a row, with zeros after them.</summary>
        TLanes ReadPart(nint index, nint count);
    }

    // Two rows at once against one vector, and a row against four vectors, so that no product waits for the one before it. The bits are
    // those of a row and a vector alone: even and odd groups of sixteen are summed apart, and then together.
    private static void Dot<TRow>(TRow matrix, nint columns, nint rows, VectorBatch x, float* y)
        where TRow : struct, IRow
    {
        if (columns % Lanes != 0)
            DotRagged(matrix, columns, rows, x, y);
        else if (x.Count > 1)
            for (nint row = 0; row < rows; row++)
                for (var first = 0; first < x.Count; first += 4)
                    FourVectors(matrix, row * columns, columns, x, first, y + row);
        else
        {
            for (nint row = 0; row < rows - 1; row += 2)
                TwoRows(matrix, row * columns, columns, x[0], y + row);
            if (rows % 2 == 1)
                y[rows - 1] = OneRow(matrix, (rows - 1) * columns, columns, x[0]);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void TwoRows<TRow>(TRow matrix, nint start, nint count, float* x, float* y)
        where TRow : struct, IRow
    {
        var (even0, odd0, even1, odd1) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0, at = start, next = start + count;
        for (; i < count - Lanes; i += 2 * Lanes, at += 2 * Lanes, next += 2 * Lanes)
        {
            var (xEven, xOdd) = (TLanes.Load(x + i), TLanes.Load(x + i + Lanes));
            even0 = TLanes.FusedMultiplyAdd(matrix.Read(at), xEven, even0);
            odd0 = TLanes.FusedMultiplyAdd(matrix.Read(at + Lanes), xOdd, odd0);
            even1 = TLanes.FusedMultiplyAdd(matrix.Read(next), xEven, even1);
            odd1 = TLanes.FusedMultiplyAdd(matrix.Read(next + Lanes), xOdd, odd1);
        }
        if (i < count)
        {
            even0 = TLanes.FusedMultiplyAdd(matrix.Read(at), TLanes.Load(x + i), even0);
            even1 = TLanes.FusedMultiplyAdd(matrix.Read(next), TLanes.Load(x + i), even1);
        }
        (y[0], y[1]) = (TLanes.Sum(TLanes.Add(even0, odd0)), TLanes.Sum(TLanes.Add(even1, odd1)));
    }

    [MethodImpl(Hot.Loop)]
    private static void FourVectors<TRow>(TRow matrix, nint start, nint count, VectorBatch x, int first, float* y)
        where TRow : struct, IRow
    {
        float* a = x[first], b = x[first + 1], c = x[first + 2], d = x[first + 3];
        var (evenA, evenB, evenC, evenD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        var (oddA, oddB, oddC, oddD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i < count - Lanes; i += 2 * Lanes)
        {
            var (even, odd) = (matrix.Read(start + i), matrix.Read(start + i + Lanes));
            evenA = TLanes.FusedMultiplyAdd(even, TLanes.Load(a + i), evenA);
            oddA = TLanes.FusedMultiplyAdd(odd, TLanes.Load(a + i + Lanes), oddA);
            evenB = TLanes.FusedMultiplyAdd(even, TLanes.Load(b + i), evenB);
            oddB = TLanes.FusedMultiplyAdd(odd, TLanes.Load(b + i + Lanes), oddB);
            evenC = TLanes.FusedMultiplyAdd(even, TLanes.Load(c + i), evenC);
            oddC = TLanes.FusedMultiplyAdd(odd, TLanes.Load(c + i + Lanes), oddC);
            evenD = TLanes.FusedMultiplyAdd(even, TLanes.Load(d + i), evenD);
            oddD = TLanes.FusedMultiplyAdd(odd, TLanes.Load(d + i + Lanes), oddD);
        }
        if (i < count)
        {
            var last = matrix.Read(start + i);
            evenA = TLanes.FusedMultiplyAdd(last, TLanes.Load(a + i), evenA);
            evenB = TLanes.FusedMultiplyAdd(last, TLanes.Load(b + i), evenB);
            evenC = TLanes.FusedMultiplyAdd(last, TLanes.Load(c + i), evenC);
            evenD = TLanes.FusedMultiplyAdd(last, TLanes.Load(d + i), evenD);
        }
        *x.Sum(y, first) = TLanes.Sum(TLanes.Add(evenA, oddA));
        *x.Sum(y, first + 1) = TLanes.Sum(TLanes.Add(evenB, oddB));
        *x.Sum(y, first + 2) = TLanes.Sum(TLanes.Add(evenC, oddC));
        *x.Sum(y, first + 3) = TLanes.Sum(TLanes.Add(evenD, oddD));
    }

    // Apart from the loops above: a call among them, as the last weights need it, would keep their sums in memory.
    private static void DotRagged<TRow>(TRow matrix, nint columns, nint rows, VectorBatch x, float* y)
        where TRow : struct, IRow
    {
        for (nint row = 0; row < rows; row++)
            for (var vector = 0; vector < x.Count; vector++)
                *x.Sum(y + row, vector) = OneRow(matrix, row * columns, columns, x[vector]);
    }

    [MethodImpl(Hot.Loop)]
    private static float OneRow<TRow>(TRow matrix, nint start, nint count, float* x)
        where TRow : struct, IRow => TLanes.Sum(Accumulate(matrix, start, count, x));

    // Even and odd groups of sixteen are summed apart, so that the products need not wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Accumulate<TRow>(TRow matrix, nint start, nint count, float* x)
        where TRow : struct, IRow
    {
        var (even, odd) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            even = TLanes.FusedMultiplyAdd(matrix.Read(start + i), TLanes.Load(x + i), even);
            odd = TLanes.FusedMultiplyAdd(matrix.Read(start + i + Lanes), TLanes.Load(x + i + Lanes), odd);
        }
        for (; i < count; i += Lanes)
            even = count - i >= Lanes
                ? TLanes.FusedMultiplyAdd(matrix.Read(start + i), TLanes.Load(x + i), even)
                : TLanes.FusedMultiplyAdd(matrix.ReadPart(start + i, count - i), LoadPart(x + i, count - i), even);
        return TLanes.Add(even, odd);
    }

    private readonly struct Single(float* w) : IRow
    {
        private readonly float* _w = w;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Read(nint index) => TLanes.Load(_w + index);

        public TLanes ReadPart(nint index, nint count) => LoadPart(_w + index, count);
    }

    private readonly struct Int8(sbyte* codes) : IRow
    {
        private readonly sbyte* _codes = codes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Read(nint index) => TLanes.ToFloat(TLanes.LoadSByte(_codes + index));

        public TLanes ReadPart(nint index, nint count)
        {
            var padded = stackalloc float[Lanes];
            for (nint i = 0; i < Lanes; i++)
                padded[i] = i < count ? _codes[index + i] : 0;
            return TLanes.Load(padded);
        }
    }

    private readonly struct Dynamic8(float* levels, byte* codes) : IRow
    {
        private readonly float* _levels = levels;
        private readonly byte* _codes = codes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Read(nint index) => TLanes.Gather(_levels, _codes + index);

        public TLanes ReadPart(nint index, nint count)
        {
            var padded = stackalloc float[Lanes];
            for (nint i = 0; i < Lanes; i++)
                padded[i] = i < count ? _levels[_codes[index + i]] : 0;
            return TLanes.Load(padded);
        }
    }

    private readonly struct Sixteen<TFormat>(ushort* codes) : IRow
        where TFormat : struct, IFormat16
    {
        private readonly ushort* _codes = codes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Read(nint index) => TFormat.Widen(TLanes.LoadUInt16(_codes + index));

        public TLanes ReadPart(nint index, nint count)
        {
            var padded = stackalloc float[Lanes];
            new Span<float>(padded, Lanes).Clear();
            Decode16<TFormat>(_codes + index, count, padded);
            return TLanes.Load(padded);
        }
    }
}
