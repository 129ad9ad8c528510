using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    private static readonly int[] s_indices = [.. Enumerable.Range(0, Lanes)];

    public override void Dropout(KeptValues x, long first, nint count, DropoutMask mask, bool add, float* y)
    {
        // The upper half of an index changes the keys.
        for (nint done = 0; done < count;)
        {
            var part = (nint)Math.Min(count - done, (1L << 32) - (first + done & uint.MaxValue));
            if (x.Type == ActivationType.Float32)
                Dropout<Single>(x.From(done), first + done, part, mask, add, y + done);
            else if (x.Type == ActivationType.BFloat16)
                Dropout<Brain>(x.From(done), first + done, part, mask, add, y + done);
            else
                Dropout<Half>(x.From(done), first + done, part, mask, add, y + done);
            done += part;
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void Dropout<TReader>(KeptValues x, long first, nint count, DropoutMask mask, bool add, float* y)
        where TReader : struct, IReader
    {
        var keys = mask.Keys((uint)(first >> 32));
        var (firstKey, secondKey) = (TLanes.BroadcastBits((int)keys.First), TLanes.BroadcastBits((int)keys.Second));
        // Unsigned numbers compare as signed ones do with their sign bits turned.
        var threshold = TLanes.BroadcastBits((int)(mask.Threshold ^ 0x80000000));
        var (scale, step, zero) = (TLanes.Broadcast(mask.Scale), TLanes.BroadcastBits(Lanes), TLanes.Broadcast(0));
        var index = Indices((int)first);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes, index = TLanes.AddBits(index, step))
        {
            var dropped = TLanes.GreaterBits(threshold, Hash(index, firstKey, secondKey));
            var kept = TLanes.Select(dropped, zero, TLanes.Multiply(TReader.Load(x.At(i)), scale));
            TLanes.Store(add ? TLanes.Add(TLanes.Load(y + i), kept) : kept, y + i);
        }
        if (i == count)
            return;
        var last = TLanes.Select(TLanes.GreaterBits(threshold, Hash(index, firstKey, secondKey)), zero,
            TLanes.Multiply(LoadPart<TReader>(x, i, count - i), scale));
        StorePart(add ? TLanes.Add(LoadPart(y + i, count - i), last) : last, y + i, count - i);
    }

    private static TLanes Indices(int first)
    {
        fixed (int* indices = s_indices)
            return TLanes.AddBits(TLanes.Load((float*)indices), TLanes.BroadcastBits(first));
    }

    // The element's hash with its sign bit turned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Hash(TLanes index, TLanes firstKey, TLanes secondKey) =>
        TLanes.Xor(Round(TLanes.AddBits(Round(TLanes.Xor(index, firstKey)), secondKey)), TLanes.BroadcastBits(int.MinValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Round(TLanes h)
    {
        h = TLanes.MultiplyBits(TLanes.Xor(h, TLanes.ShiftRight(h, 16)), TLanes.BroadcastBits(unchecked((int)DropoutMask.FirstFactor)));
        h = TLanes.MultiplyBits(TLanes.Xor(h, TLanes.ShiftRight(h, 15)), TLanes.BroadcastBits(unchecked((int)DropoutMask.SecondFactor)));
        return TLanes.Xor(h, TLanes.ShiftRight(h, 16));
    }
}
