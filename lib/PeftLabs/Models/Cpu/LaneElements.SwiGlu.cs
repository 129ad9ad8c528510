using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    public override void SwiGlu(KeptValues gate, KeptValues up, nint count, float* product)
    {
        if (gate.Type == ActivationType.Float32)
            SwiGlu<Single>(gate, up, count, product);
        else if (gate.Type == ActivationType.BFloat16)
            SwiGlu<Brain>(gate, up, count, product);
        else
            SwiGlu<Half>(gate, up, count, product);
    }

    public override void SwiGluBackward(KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product)
    {
        if (gate.Type == ActivationType.Float32)
            SwiGluBackward<Single>(gate, up, count, g, gateGradient, product);
        else if (gate.Type == ActivationType.BFloat16)
            SwiGluBackward<Brain>(gate, up, count, g, gateGradient, product);
        else
            SwiGluBackward<Half>(gate, up, count, g, gateGradient, product);
    }

    [MethodImpl(Hot.Loop)]
    private static void SwiGlu<TReader>(KeptValues gate, KeptValues up, nint count, float* product)
        where TReader : struct, IReader
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(Product(TReader.Load(gate.At(i)), TReader.Load(up.At(i))), product + i);
        if (i < count)
            StorePart(Product(LoadPart<TReader>(gate, i, count - i), LoadPart<TReader>(up, i, count - i)), product + i, count - i);
    }

    [MethodImpl(Hot.Loop)]
    private static void SwiGluBackward<TReader>(
        KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product)
        where TReader : struct, IReader
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var parts = Gradients(TReader.Load(gate.At(i)), TReader.Load(up.At(i)), TLanes.Load(g + i));
            TLanes.Store(parts.Gate, gateGradient + i);
            TLanes.Store(parts.Up, g + i);
            if (product != null)
                TLanes.Store(parts.Product, product + i);
        }
        var rest = count - i;
        if (rest == 0)
            return;
        var last = Gradients(LoadPart<TReader>(gate, i, rest), LoadPart<TReader>(up, i, rest), LoadPart(g + i, rest));
        StorePart(last.Gate, gateGradient + i, rest);
        StorePart(last.Up, g + i, rest);
        if (product != null)
            StorePart(last.Product, product + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Product(TLanes gate, TLanes up) => TLanes.Multiply(TLanes.Multiply(gate, Sigmoid(gate)), up);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TLanes Gate, TLanes Up, TLanes Product) Gradients(TLanes gate, TLanes up, TLanes g)
    {
        // d silu = σ + silu·(1 − σ)
        var sigmoid = Sigmoid(gate);
        var silu = TLanes.Multiply(gate, sigmoid);
        var slope = TLanes.FusedMultiplyAdd(silu, TLanes.Subtract(TLanes.Broadcast(1), sigmoid), sigmoid);
        return (TLanes.Multiply(TLanes.Multiply(g, up), slope), TLanes.Multiply(g, silu), TLanes.Multiply(silu, up));
    }

    // Beyond −88 the sigmoid stays at the smallest number that its exponential allows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sigmoid(TLanes x)
    {
        var one = TLanes.Broadcast(1);
        var minus = TLanes.Min(TLanes.Subtract(TLanes.Broadcast(0), x), TLanes.Broadcast(88));
        return TLanes.Divide(one, TLanes.Add(one, Exponential<TLanes, TTable>.Of(minus)));
    }
}
