using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    [MethodImpl(Hot.Loop)]
    public override void EncodeDynamic8(byte* search, float* values, nint count, float inverse, byte* codes)
    {
        var parts = stackalloc float[Lanes];
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            TLanes.Store(Part(TLanes.Load(values + i), inverse), parts);
            for (var lane = 0; lane < Lanes; lane++)
                codes[i + lane] = search[((int*)parts)[lane]];
        }
        if (i == count)
            return;
        TLanes.Store(Part(LoadPart(values + i, count - i), inverse), parts);
        for (var lane = 0; lane < count - i; lane++)
            codes[i + lane] = search[((int*)parts)[lane]];
    }

    // |value × inverse| exceeds 1 by a rounding at most, and (v + 1) / 2 · 65535 + 1/2 then still truncates to 0 ... 65535.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Part(TLanes values, float inverse)
    {
        var half = TLanes.Broadcast(0.5f);
        var fromZero = TLanes.Add(TLanes.Multiply(values, TLanes.Broadcast(inverse)), TLanes.Broadcast(1));
        return TLanes.ToInteger(TLanes.Add(TLanes.Multiply(TLanes.Multiply(fromZero, half), TLanes.Broadcast(65535)), half));
    }

    [MethodImpl(Hot.Loop)]
    public override void DecodeDynamic8(float* levels, byte* codes, nint count, float scale, float* values)
    {
        var scales = TLanes.Broadcast(scale);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Gather(levels, codes + i), scales), values + i);
        for (; i < count; i++)
            values[i] = levels[codes[i]] * scale;
    }

    [MethodImpl(Hot.Loop)]
    public override void DecodeNested(float* levels, byte* codes, nint count, float scale, float offset, float* values)
    {
        var (scales, offsets) = (TLanes.Broadcast(scale), TLanes.Broadcast(offset));
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Add(TLanes.Multiply(TLanes.Gather(levels, codes + i), scales), offsets), values + i);
        for (; i < count; i++)
        {
            // Two roundings, as the lanes do it: the product must not be fused with the sum.
            var product = levels[codes[i]] * scale;
            values[i] = product + offset;
        }
    }

    [MethodImpl(Hot.Loop)]
    public override void DotDynamic8(float* levels, byte* codes, nint count, nint block, float* scales, VectorBatch x, float* sums)
    {
        for (var vector = 0; vector < x.Count; vector++)
        {
            var sum = TLanes.Broadcast(0);
            for (nint start = 0, b = 0; start < count; start += block, b++)
            {
                var part = Accumulate(new Dynamic8(levels, codes), start, Math.Min(block, count - start), x[vector] + start);
                sum = TLanes.FusedMultiplyAdd(part, TLanes.Broadcast(scales[b]), sum);
            }
            sums[vector * x.SumStride] = TLanes.Sum(sum);
        }
    }

    [MethodImpl(Hot.Loop)]
    public override void EncodeInt8(float* values, nint count, float scale, sbyte* codes)
    {
        var scales = TLanes.Broadcast(scale);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.StoreSByte(TLanes.ToInteger(TLanes.Round(TLanes.Multiply(TLanes.Load(values + i), scales))), codes + i);
        for (; i < count; i++)
            codes[i] = (sbyte)MathF.Round(values[i] * scale);
    }

    [MethodImpl(Hot.Loop)]
    public override void DecodeInt8(sbyte* codes, nint count, float scale, float* values)
    {
        var (scales, inverse) = (TLanes.Broadcast(scale), TLanes.Broadcast(Inverse127));
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.ToFloat(TLanes.LoadSByte(codes + i)), scales), inverse), values + i);
        for (; i < count; i++)
            values[i] = codes[i] * scale * Inverse127;
    }

    public override void DotInt8(sbyte* codes, nint columns, nint rows, VectorBatch x, float* y) => Dot(new Int8(codes), columns, rows, x, y);
}
