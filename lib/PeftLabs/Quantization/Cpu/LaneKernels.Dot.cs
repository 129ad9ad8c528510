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
