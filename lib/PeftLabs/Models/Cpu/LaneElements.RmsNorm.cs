using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    [MethodImpl(Hot.Loop)]
    public override void RmsNorm(float* x, float* w, nint rows, nint size, float epsilon, float* y, float* inverse)
    {
        for (nint row = 0; row < rows; row++, x += size, y += size)
        {
            inverse[row] = 1 / MathF.Sqrt(SumOfSquares(x, size) / size + epsilon);
            var factor = TLanes.Broadcast(inverse[row]);
            nint i = 0;
            for (; i <= size - Lanes; i += Lanes)
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.Load(x + i), factor), TLanes.Load(w + i)), y + i);
            if (i < size)
                StorePart(TLanes.Multiply(TLanes.Multiply(LoadPart(x + i, size - i), factor), LoadPart(w + i, size - i)), y + i, size - i);
        }
    }

    public override void RmsNormBackward(KeptValues x, float* w, float* inverse, float* g, nint rows, nint size, float* gx)
    {
        if (x.Type == ActivationType.Float32)
            RmsNormBackward<Single>(x, w, inverse, g, rows, size, gx);
        else if (x.Type == ActivationType.BFloat16)
            RmsNormBackward<Brain>(x, w, inverse, g, rows, size, gx);
        else
            RmsNormBackward<Half>(x, w, inverse, g, rows, size, gx);
    }

    public override void RmsNormWeight(
        KeptValues x, float* inverse, float* g, nint rows, nint size, nint firstColumn, nint columns, float* gw)
    {
        if (x.Type == ActivationType.Float32)
            RmsNormWeight<Single>(x, inverse, g, rows, size, firstColumn, columns, gw);
        else if (x.Type == ActivationType.BFloat16)
            RmsNormWeight<Brain>(x, inverse, g, rows, size, firstColumn, columns, gw);
        else
            RmsNormWeight<Half>(x, inverse, g, rows, size, firstColumn, columns, gw);
    }

    [MethodImpl(Hot.Loop)]
    private static float SumOfSquares(float* x, nint size)
    {
        var (even, odd) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i <= size - 2 * Lanes; i += 2 * Lanes)
        {
            var (first, second) = (TLanes.Load(x + i), TLanes.Load(x + i + Lanes));
            even = TLanes.FusedMultiplyAdd(first, first, even);
            odd = TLanes.FusedMultiplyAdd(second, second, odd);
        }
        for (; i < size; i += Lanes)
        {
            var rest = LoadPart(x + i, Math.Min(Lanes, size - i));
            even = TLanes.FusedMultiplyAdd(rest, rest, even);
        }
        return TLanes.Sum(TLanes.Add(even, odd));
    }

    [MethodImpl(Hot.Loop)]
    private static void RmsNormBackward<TReader>(KeptValues x, float* w, float* inverse, float* g, nint rows, nint size, float* gx)
        where TReader : struct, IReader
    {
        for (nint row = 0; row < rows; row++, g += size, gx += size)
        {
            var values = x.From(row * size);
            // gx = g·w·r − x·c with c = r³·Σ(g·w·x)/size, r being the inverse root
            var r = inverse[row];
            var factor = TLanes.Broadcast(r);
            var c = TLanes.Broadcast(-r * r * r * (WeightedSum<TReader>(values, w, g, size) / size));
            nint i = 0;
            for (; i <= size - Lanes; i += Lanes)
            {
                var weighted = TLanes.Multiply(TLanes.Multiply(TLanes.Load(g + i), TLanes.Load(w + i)), factor);
                TLanes.Store(TLanes.FusedMultiplyAdd(TReader.Load(values.At(i)), c, weighted), gx + i);
            }
            if (i == size)
                continue;
            var rest = size - i;
            var last = TLanes.Multiply(TLanes.Multiply(LoadPart(g + i, rest), LoadPart(w + i, rest)), factor);
            StorePart(TLanes.FusedMultiplyAdd(LoadPart<TReader>(values, i, rest), c, last), gx + i, rest);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static float WeightedSum<TReader>(KeptValues x, float* w, float* g, nint size)
        where TReader : struct, IReader
    {
        var (even, odd) = (TLanes.Broadcast(0), TLanes.Broadcast(0));
        nint i = 0;
        for (; i <= size - 2 * Lanes; i += 2 * Lanes)
        {
            even = TLanes.FusedMultiplyAdd(TLanes.Multiply(TLanes.Load(g + i), TLanes.Load(w + i)), TReader.Load(x.At(i)), even);
            odd = TLanes.FusedMultiplyAdd(
                TLanes.Multiply(TLanes.Load(g + i + Lanes), TLanes.Load(w + i + Lanes)), TReader.Load(x.At(i + Lanes)), odd);
        }
        for (; i < size; i += Lanes)
        {
            var rest = Math.Min(Lanes, size - i);
            even = TLanes.FusedMultiplyAdd(
                TLanes.Multiply(LoadPart(g + i, rest), LoadPart(w + i, rest)), LoadPart<TReader>(x, i, rest), even);
        }
        return TLanes.Sum(TLanes.Add(even, odd));
    }

    [MethodImpl(Hot.Loop)]
    private static void RmsNormWeight<TReader>(
        KeptValues x, float* inverse, float* g, nint rows, nint size, nint firstColumn, nint columns, float* gw)
        where TReader : struct, IReader
    {
        for (nint column = 0; column < columns; column += Lanes)
        {
            var (sum, width) = (TLanes.Broadcast(0), Math.Min(Lanes, columns - column));
            for (nint row = 0; row < rows; row++)
            {
                var at = row * size + firstColumn + column;
                var normed = TLanes.Multiply(
                    width == Lanes ? TReader.Load(x.At(at)) : LoadPart<TReader>(x, at, width), TLanes.Broadcast(inverse[row]));
                sum = TLanes.FusedMultiplyAdd(normed, width == Lanes ? TLanes.Load(g + at) : LoadPart(g + at, width), sum);
            }
            StorePart(sum, gw + column, width);
        }
    }
}
