using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    // Lanes are summed in float32 so far, and their sums in double: few enough terms that their rounding does not add up.
    private const int SumBlock = 1024;

    [MethodImpl(Hot.Loop)]
    public override void Exp(float* values, nint count, float* destination)
    {
        for (nint i = 0; i < count; i += Lanes)
            StoreUpTo(Exponential<TLanes, TTable>.Of(LoadUpTo(values + i, count - i, 0)), destination + i, count - i);
    }

    [MethodImpl(Hot.Loop)]
    public override float Max(float* values, nint count)
    {
        var (even, odd) = (TLanes.Broadcast(float.NegativeInfinity), TLanes.Broadcast(float.NegativeInfinity));
        nint i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            even = TLanes.Max(even, TLanes.Load(values + i));
            odd = TLanes.Max(odd, TLanes.Load(values + i + Lanes));
        }
        for (; i < count; i += Lanes)
            even = TLanes.Max(even, LoadUpTo(values + i, count - i, float.NegativeInfinity));
        var lanes = stackalloc float[Lanes];
        TLanes.Store(TLanes.Max(even, odd), lanes);
        var most = lanes[0];
        for (var lane = 1; lane < Lanes; lane++)
            most = MathF.Max(most, lanes[lane]);
        return most;
    }

    [MethodImpl(Hot.Loop)]
    public override double Sum(float* values, nint count)
    {
        var total = 0.0;
        for (nint start = 0; start < count; start += SumBlock)
        {
            var (sum, end) = (TLanes.Broadcast(0), Math.Min(count, start + SumBlock));
            for (var i = start; i < end; i += Lanes)
                sum = TLanes.Add(sum, LoadUpTo(values + i, end - i, 0));
            total += TLanes.Sum(sum);
        }
        return total;
    }

    [MethodImpl(Hot.Loop)]
    public override double SumExp(float* values, nint count, float shift, bool store)
    {
        var total = 0.0;
        var minus = TLanes.Broadcast(-shift);
        for (nint start = 0; start < count; start += SumBlock)
        {
            var (even, odd, end) = (TLanes.Broadcast(0), TLanes.Broadcast(0), Math.Min(count, start + SumBlock));
            var i = start;
            for (; i <= end - 2 * Lanes; i += 2 * Lanes)
            {
                even = TLanes.Add(even, ExpAt(values + i, Lanes, minus, store));
                odd = TLanes.Add(odd, ExpAt(values + i + Lanes, Lanes, minus, store));
            }
            for (; i < end; i += Lanes)
                even = TLanes.Add(even, ExpAt(values + i, end - i, minus, store));
            total += TLanes.Sum(TLanes.Add(even, odd));
        }
        return total;
    }

    [MethodImpl(Hot.Loop)]
    public override void Affine(float* values, nint count, float factor, float offset)
    {
        var (by, plus) = (TLanes.Broadcast(factor), TLanes.Broadcast(offset));
        for (nint i = 0; i < count; i += Lanes)
            StoreUpTo(TLanes.FusedMultiplyAdd(LoadUpTo(values + i, count - i, 0), by, plus), values + i, count - i);
    }

    // Beyond the end stands −∞, whose exponential is zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ExpAt(float* values, nint count, TLanes minus, bool store)
    {
        var e = Exponential<TLanes, TTable>.Of(TLanes.Add(LoadUpTo(values, count, float.NegativeInfinity), minus));
        if (store)
            StoreUpTo(e, values, count);
        return e;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LoadUpTo(float* source, nint count, float beyond) =>
        count >= Lanes ? TLanes.Load(source) : LoadPadded(source, count, beyond);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreUpTo(TLanes value, float* destination, nint count)
    {
        if (count >= Lanes)
            TLanes.Store(value, destination);
        else
            StorePart(value, destination, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes LoadPadded(float* source, nint count, float beyond)
    {
        var padded = stackalloc float[Lanes];
        new Span<float>(padded, Lanes).Fill(beyond);
        Unsafe.CopyBlockUnaligned(padded, source, (uint)count * sizeof(float));
        return TLanes.Load(padded);
    }
}
