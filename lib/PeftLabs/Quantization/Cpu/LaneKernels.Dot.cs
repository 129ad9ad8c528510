using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    /// <summary>A stored row, read sixteen weights at a time, unscaled.</summary>
    private interface IRow
    {
        TLanes Read(nint index);

        /// <summary>The last weights, with zeros after them.</summary>
        TLanes ReadPart(nint index, nint count);
    }

    // Four vectors at once where there is more than one; each one's sum is what it is alone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot<TRow>(TRow row, nint count, VectorBatch x, float* sums)
        where TRow : struct, IRow
    {
        if (x.Count == 1)
        {
            *sums = TLanes.Sum(Accumulate(row, count, x[0]));
            return;
        }
        for (var first = 0; first < x.Count; first += 4)
        {
            Accumulate(row, count, new FourPointers(x[first], x[first + 1], x[first + 2], x[first + 3]), out var a, out var b, out var c, out var d);
            Put(x, first, (a, b, c, d), sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(VectorBatch x, int first, (TLanes A, TLanes B, TLanes C, TLanes D) four, float* sums)
    {
        sums += first * x.SumStride;
        *sums = TLanes.Sum(four.A);
        if (first + 1 < x.Count)
            sums[x.SumStride] = TLanes.Sum(four.B);
        if (first + 2 < x.Count)
            sums[2 * x.SumStride] = TLanes.Sum(four.C);
        if (first + 3 < x.Count)
            sums[3 * x.SumStride] = TLanes.Sum(four.D);
    }

    // Even and odd groups of sixteen are summed apart, so that the products need not wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Accumulate<TRow>(TRow row, nint count, float* x)
        where TRow : struct, IRow
    {
        var (even, odd) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            even = TLanes.FusedMultiplyAdd(row.Read(i), TLanes.Load(x + i), even);
            odd = TLanes.FusedMultiplyAdd(row.Read(i + Lanes), TLanes.Load(x + i + Lanes), odd);
        }
        for (; i < count; i += Lanes)
            even = count - i >= Lanes
                ? TLanes.FusedMultiplyAdd(row.Read(i), TLanes.Load(x + i), even)
                : TLanes.FusedMultiplyAdd(row.ReadPart(i, count - i), LoadPart(x + i, count - i), even);
        return TLanes.Add(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TRow>(TRow row, nint count, FourPointers x, out TLanes a, out TLanes b, out TLanes c, out TLanes d)
        where TRow : struct, IRow
    {
        var (evenA, evenB, evenC, evenD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        var (oddA, oddB, oddC, oddD) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            var (even, odd) = (row.Read(i), row.Read(i + Lanes));
            evenA = TLanes.FusedMultiplyAdd(even, TLanes.Load(x.A + i), evenA);
            oddA = TLanes.FusedMultiplyAdd(odd, TLanes.Load(x.A + i + Lanes), oddA);
            evenB = TLanes.FusedMultiplyAdd(even, TLanes.Load(x.B + i), evenB);
            oddB = TLanes.FusedMultiplyAdd(odd, TLanes.Load(x.B + i + Lanes), oddB);
            evenC = TLanes.FusedMultiplyAdd(even, TLanes.Load(x.C + i), evenC);
            oddC = TLanes.FusedMultiplyAdd(odd, TLanes.Load(x.C + i + Lanes), oddC);
            evenD = TLanes.FusedMultiplyAdd(even, TLanes.Load(x.D + i), evenD);
            oddD = TLanes.FusedMultiplyAdd(odd, TLanes.Load(x.D + i + Lanes), oddD);
        }
        for (; i < count; i += Lanes)
        {
            var rest = Math.Min(Lanes, count - i);
            var last = rest == Lanes ? row.Read(i) : row.ReadPart(i, rest);
            evenA = TLanes.FusedMultiplyAdd(last, LoadUpTo(x.A + i, rest, 0), evenA);
            evenB = TLanes.FusedMultiplyAdd(last, LoadUpTo(x.B + i, rest, 0), evenB);
            evenC = TLanes.FusedMultiplyAdd(last, LoadUpTo(x.C + i, rest, 0), evenC);
            evenD = TLanes.FusedMultiplyAdd(last, LoadUpTo(x.D + i, rest, 0), evenD);
        }
        (a, b, c, d) = (TLanes.Add(evenA, oddA), TLanes.Add(evenB, oddB), TLanes.Add(evenC, oddC), TLanes.Add(evenD, oddD));
    }

    private readonly struct FourPointers(float* a, float* b, float* c, float* d)
    {
        public readonly float* A = a, B = b, C = c, D = d;
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
