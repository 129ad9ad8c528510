using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

internal sealed unsafe partial class LaneKernels<TLanes, TTable>
{
    public override void EncodeBFloat16(float* values, nint count, ushort* codes) =>
        Encode16<BFloat16>(values, count, codes);

    public override void EncodeFloat16(float* values, nint count, ushort* codes) =>
        Encode16<Float16>(values, count, codes);

    public override void DecodeBFloat16(ushort* codes, nint count, float* values) =>
        Decode16<BFloat16>(codes, count, values);

    public override void DecodeFloat16(ushort* codes, nint count, float* values) =>
        Decode16<Float16>(codes, count, values);

    public override void DotBFloat16(ushort* codes, nint columns, nint rows, VectorBatch x, float* y) =>
        Dot(new Sixteen<BFloat16>(codes), columns, rows, x, y);

    public override void DotFloat16(ushort* codes, nint columns, nint rows, VectorBatch x, float* y) =>
        Dot(new Sixteen<Float16>(codes), columns, rows, x, y);

    public override void DotFloat32(float* w, nint columns, nint rows, VectorBatch x, float* y) => Dot(new Single(w), columns, rows, x, y);

    [MethodImpl(Hot.Loop)]
    private static void Encode16<TFormat>(float* values, nint count, ushort* codes)
        where TFormat : struct, IFormat16
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.StoreUInt16(TFormat.Narrow(TLanes.Load(values + i)), codes + i);
        if (i == count)
            return;
        var rest = stackalloc ushort[Lanes];
        TLanes.StoreUInt16(TFormat.Narrow(LoadPart(values + i, count - i)), rest);
        Unsafe.CopyBlockUnaligned(codes + i, rest, (uint)(count - i) * sizeof(ushort));
    }

    [MethodImpl(Hot.Loop)]
    private static void Decode16<TFormat>(ushort* codes, nint count, float* values)
        where TFormat : struct, IFormat16
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TLanes.Store(TFormat.Widen(TLanes.LoadUInt16(codes + i)), values + i);
        if (i == count)
            return;
        var rest = stackalloc ushort[Lanes];
        new Span<ushort>(rest, Lanes).Clear();
        Unsafe.CopyBlockUnaligned(rest, codes + i, (uint)(count - i) * sizeof(ushort));
        StorePart(TFormat.Widen(TLanes.LoadUInt16(rest)), values + i, count - i);
    }

    /// <summary>Sixteen bits, zero-extended, to a float and back, to the nearest, halves to even.</summary>
    internal interface IFormat16
    {
        static abstract TLanes Widen(TLanes bits);

        static abstract TLanes Narrow(TLanes value);
    }

    internal readonly struct BFloat16 : IFormat16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Widen(TLanes bits) => TLanes.ShiftLeft(bits, 16);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Narrow(TLanes value)
        {
            var high = TLanes.ShiftRight(value, 16);
            var even = TLanes.And(high, TLanes.BroadcastBits(1));
            var rounded = TLanes.ShiftRight(TLanes.AddBits(TLanes.AddBits(value, TLanes.BroadcastBits(0x7FFF)), even), 16);
            var magnitude = TLanes.And(value, TLanes.BroadcastBits(int.MaxValue));
            var isNaN = TLanes.GreaterBits(magnitude, TLanes.BroadcastBits(0x7F800000));
            return TLanes.Select(isNaN, TLanes.Or(high, TLanes.BroadcastBits(0x40)), rounded);
        }
    }

    internal readonly struct Float16 : IFormat16
    {
        // The exponents differ in bias by 112: a product with 2^112 mends that, for normal and subnormal numbers alike.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Widen(TLanes bits)
        {
            var magnitude = TLanes.And(bits, TLanes.BroadcastBits(0x7FFF));
            var shifted = TLanes.ShiftLeft(magnitude, 13);
            var finite = TLanes.Multiply(shifted, TLanes.BroadcastBits(0x77800000));
            var special = TLanes.Or(shifted, TLanes.BroadcastBits(0x7F800000));
            var isSpecial = TLanes.GreaterBits(magnitude, TLanes.BroadcastBits(0x7BFF));
            var sign = TLanes.ShiftLeft(TLanes.And(bits, TLanes.BroadcastBits(0x8000)), 16);
            return TLanes.Or(TLanes.Select(isSpecial, special, finite), sign);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Narrow(TLanes value)
        {
            var magnitude = TLanes.And(value, TLanes.BroadcastBits(int.MaxValue));
            var even = TLanes.And(TLanes.ShiftRight(magnitude, 13), TLanes.BroadcastBits(1));
            var rebiased = TLanes.AddBits(magnitude, TLanes.BroadcastBits(unchecked((int)0xC8000FFF)));
            var normal = TLanes.ShiftRight(TLanes.AddBits(rebiased, even), 13);
            // Below 2^-14: adding one half shifts the fraction into place and rounds it.
            var subnormal = TLanes.AddBits(TLanes.Add(magnitude, TLanes.Broadcast(0.5f)), TLanes.BroadcastBits(-0x3F000000));
            var small = TLanes.Select(TLanes.GreaterBits(TLanes.BroadcastBits(0x38800000), magnitude), subnormal, normal);
            var large = TLanes.Select(TLanes.GreaterBits(magnitude, TLanes.BroadcastBits(0x477FEFFF)), TLanes.BroadcastBits(0x7C00), small);
            var nan = TLanes.And(TLanes.ShiftRight(magnitude, 13), TLanes.BroadcastBits(0x3FF));
            var isNaN = TLanes.GreaterBits(magnitude, TLanes.BroadcastBits(0x7F800000));
            var sign = TLanes.And(TLanes.ShiftRight(value, 16), TLanes.BroadcastBits(0x8000));
            return TLanes.Or(TLanes.Select(isNaN, TLanes.Or(nan, TLanes.BroadcastBits(0x7E00)), large), sign);
        }
    }
}
