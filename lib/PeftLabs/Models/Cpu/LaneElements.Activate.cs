using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    public override void Activate(Activation f, KeptValues x, nint count, float* y)
    {
        switch (f)
        {
            case Activation.Silu: Activate<Silu>(x, count, y); break;
            case Activation.Gelu: Activate<Gelu>(x, count, y); break;
            default: Activate<GeluTanh>(x, count, y); break;
        }
    }

    public override void ActivateBackward(Activation f, KeptValues x, nint count, float* g, float* y)
    {
        switch (f)
        {
            case Activation.Silu: ActivateBackward<Silu>(x, count, g, y); break;
            case Activation.Gelu: ActivateBackward<Gelu>(x, count, g, y); break;
            default: ActivateBackward<GeluTanh>(x, count, g, y); break;
        }
    }

    public override void Center(KeptValues x, nint rows, nint size, float* y)
    {
        if (x.Type == ActivationType.Float32)
            Center<Single>(x, rows, size, y);
        else if (x.Type == ActivationType.BFloat16)
            Center<Brain>(x, rows, size, y);
        else
            Center<Half>(x, rows, size, y);
    }

    [MethodImpl(Hot.Loop)]
    public override void SoftCap(float* x, nint count, float cap, float* slope)
    {
        var (one, two, inverse, scale) = (TLanes.Broadcast(1), TLanes.Broadcast(2), TLanes.Broadcast(2 / cap), TLanes.Broadcast(cap));
        for (nint i = 0; i < count; i += Lanes)
        {
            var width = Math.Min(Lanes, count - i);
            var value = width == Lanes ? TLanes.Load(x + i) : LoadPart(x + i, width);
            // tanh(u) = 2·σ(2u) − 1, and 1 − tanh² = 4·σ·(1 − σ)
            var sigmoid = Sigmoid(TLanes.Multiply(value, inverse));
            var tanh = TLanes.Subtract(TLanes.Multiply(two, sigmoid), one);
            StorePart(TLanes.Multiply(tanh, scale), x + i, width);
            if (slope != null)
                StorePart(TLanes.Multiply(TLanes.Multiply(TLanes.Broadcast(4), sigmoid), TLanes.Subtract(one, sigmoid)), slope + i, width);
        }
    }

    [MethodImpl(Hot.Loop)]
    public override void MultiplyBy(float* x, float* factor, nint count)
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + i), TLanes.Load(factor + i)), x + i);
        for (; i < count; i++)
            x[i] *= factor[i];
    }

    private static void Activate<TFunction>(KeptValues x, nint count, float* y)
        where TFunction : struct, IFunction
    {
        if (x.Type == ActivationType.Float32)
            Activate<TFunction, Single>(x, count, y);
        else if (x.Type == ActivationType.BFloat16)
            Activate<TFunction, Brain>(x, count, y);
        else
            Activate<TFunction, Half>(x, count, y);
    }

    private static void ActivateBackward<TFunction>(KeptValues x, nint count, float* g, float* y)
        where TFunction : struct, IFunction
    {
        if (x.Type == ActivationType.Float32)
            ActivateBackward<TFunction, Single>(x, count, g, y);
        else if (x.Type == ActivationType.BFloat16)
            ActivateBackward<TFunction, Brain>(x, count, g, y);
        else
            ActivateBackward<TFunction, Half>(x, count, g, y);
    }

    [MethodImpl(Hot.Loop)]
    private static void Activate<TFunction, TReader>(KeptValues x, nint count, float* y)
        where TFunction : struct, IFunction
        where TReader : struct, IReader
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TFunction.Value(TReader.Load(x.At(i))), y + i);
        if (i < count)
            StorePart(TFunction.Value(LoadPart<TReader>(x, i, count - i)), y + i, count - i);
    }

    [MethodImpl(Hot.Loop)]
    private static void ActivateBackward<TFunction, TReader>(KeptValues x, nint count, float* g, float* y)
        where TFunction : struct, IFunction
        where TReader : struct, IReader
    {
        for (nint i = 0; i < count; i += Lanes)
        {
            var width = Math.Min(Lanes, count - i);
            var (value, slope) = TFunction.ValueAndSlope(width == Lanes ? TReader.Load(x.At(i)) : LoadPart<TReader>(x, i, width));
            StorePart(TLanes.Multiply(width == Lanes ? TLanes.Load(g + i) : LoadPart(g + i, width), slope), g + i, width);
            if (y != null)
                StorePart(value, y + i, width);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void Center<TReader>(KeptValues x, nint rows, nint size, float* y)
        where TReader : struct, IReader
    {
        for (nint row = 0; row < rows; row++, y += size)
        {
            var values = x.From(row * size);
            var sum = TLanes.Broadcast(0);
            for (nint i = 0; i < size; i += Lanes)
                sum = TLanes.Add(sum, i <= size - Lanes ? TReader.Load(values.At(i)) : LoadPart<TReader>(values, i, size - i));
            var mean = TLanes.Broadcast(TLanes.Sum(sum) / size);
            nint at = 0;
            for (; at <= size - Lanes; at += Lanes)
                TLanes.Store(TLanes.Subtract(TReader.Load(values.At(at)), mean), y + at);
            if (at < size)
                StorePart(TLanes.Subtract(LoadPart<TReader>(values, at, size - at), mean), y + at, size - at);
        }
    }
}
