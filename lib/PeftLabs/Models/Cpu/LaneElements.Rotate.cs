using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    [MethodImpl(Hot.Loop)]
    public override void Rotate(
        float* x, nint stride, float* cosines, float* sines, float sign, nint heads, nint half, float* y, nint newStride)
    {
        nint i = 0;
        for (; i <= half - Lanes; i += Lanes)
        {
            var (cosine, sine) = (TLanes.Load(cosines + i), TLanes.Multiply(TLanes.Load(sines + i), TLanes.Broadcast(sign)));
            var opposite = TLanes.Multiply(sine, TLanes.Broadcast(-1));
            float* from = x + i, to = y + i;
            for (nint head = 0; head < heads; head++, from += stride, to += newStride)
            {
                var (first, second) = (TLanes.Load(from), TLanes.Load(from + half));
                TLanes.Store(TLanes.FusedMultiplyAdd(second, sine, TLanes.Multiply(first, cosine)), to);
                TLanes.Store(TLanes.FusedMultiplyAdd(first, opposite, TLanes.Multiply(second, cosine)), to + half);
            }
        }
        for (; i < half; i++)
            RotatePair(x + i, stride, cosines[i], sign * sines[i], heads, half, y + i, newStride);
    }

    private static void RotatePair(
        float* x, nint stride, float cosine, float sine, nint heads, nint half, float* y, nint newStride)
    {
        for (nint head = 0; head < heads; head++, x += stride, y += newStride)
        {
            var (first, second) = (x[0], x[half]);
            y[0] = MathF.FusedMultiplyAdd(second, sine, first * cosine);
            y[half] = MathF.FusedMultiplyAdd(first, -sine, second * cosine);
        }
    }
}
