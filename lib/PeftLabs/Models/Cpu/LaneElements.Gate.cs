using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    public override void Gate(Activation f, KeptValues gate, KeptValues up, nint count, float* y)
    {
        switch (f)
        {
            case Activation.Silu: Gate<Silu>(gate, up, count, y); break;
            case Activation.Gelu: Gate<Gelu>(gate, up, count, y); break;
            default: Gate<GeluTanh>(gate, up, count, y); break;
        }
    }

    public override void GateBackward(
        Activation f, KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product)
    {
        switch (f)
        {
            case Activation.Silu: GateBackward<Silu>(gate, up, count, g, gateGradient, product); break;
            case Activation.Gelu: GateBackward<Gelu>(gate, up, count, g, gateGradient, product); break;
            default: GateBackward<GeluTanh>(gate, up, count, g, gateGradient, product); break;
        }
    }

    private static void Gate<TFunction>(KeptValues gate, KeptValues up, nint count, float* y)
        where TFunction : struct, IFunction
    {
        if (gate.Type == ActivationType.Float32)
            Gate<TFunction, Single>(gate, up, count, y);
        else if (gate.Type == ActivationType.BFloat16)
            Gate<TFunction, Brain>(gate, up, count, y);
        else
            Gate<TFunction, Half>(gate, up, count, y);
    }

    private static void GateBackward<TFunction>(
        KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product)
        where TFunction : struct, IFunction
    {
        if (gate.Type == ActivationType.Float32)
            GateBackward<TFunction, Single>(gate, up, count, g, gateGradient, product);
        else if (gate.Type == ActivationType.BFloat16)
            GateBackward<TFunction, Brain>(gate, up, count, g, gateGradient, product);
        else
            GateBackward<TFunction, Half>(gate, up, count, g, gateGradient, product);
    }

    [MethodImpl(Hot.Loop)]
    private static void Gate<TFunction, TReader>(KeptValues gate, KeptValues up, nint count, float* y)
        where TFunction : struct, IFunction
        where TReader : struct, IReader
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TLanes.Multiply(TFunction.Value(TReader.Load(gate.At(i))), TReader.Load(up.At(i))), y + i);
        if (i < count)
            StorePart(TLanes.Multiply(TFunction.Value(LoadPart<TReader>(gate, i, count - i)), LoadPart<TReader>(up, i, count - i)),
                y + i, count - i);
    }

    [MethodImpl(Hot.Loop)]
    private static void GateBackward<TFunction, TReader>(
        KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product)
        where TFunction : struct, IFunction
        where TReader : struct, IReader
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var parts = Gradients<TFunction>(TReader.Load(gate.At(i)), TReader.Load(up.At(i)), TLanes.Load(g + i));
            TLanes.Store(parts.Gate, gateGradient + i);
            TLanes.Store(parts.Up, g + i);
            if (product != null)
                TLanes.Store(parts.Product, product + i);
        }
        var rest = count - i;
        if (rest == 0)
            return;
        var last = Gradients<TFunction>(LoadPart<TReader>(gate, i, rest), LoadPart<TReader>(up, i, rest), LoadPart(g + i, rest));
        StorePart(last.Gate, gateGradient + i, rest);
        StorePart(last.Up, g + i, rest);
        if (product != null)
            StorePart(last.Product, product + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TLanes Gate, TLanes Up, TLanes Product) Gradients<TFunction>(TLanes gate, TLanes up, TLanes g)
        where TFunction : struct, IFunction
    {
        var (value, slope) = TFunction.ValueAndSlope(gate);
        return (TLanes.Multiply(TLanes.Multiply(g, up), slope), TLanes.Multiply(g, value), TLanes.Multiply(value, up));
    }
}
