using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

/// <summary>eˣ in sixteen lanes, within one unit in the last place, for x up to 88: subnormal results, zero, NaN and −∞ included.</summary>
internal static unsafe class Exponential<TLanes, TTable>
    where TLanes : unmanaged, ILanes<TLanes, TTable>
    where TTable : unmanaged
{
    // Half of the smallest subnormal number is e^−103.97: below this all is zero.
    private const float Least = -104;

    // ln 2 in two floats; with the product fused the first one needs no spare bits.
    private const float Ln2 = 0.693147180559945309f;
    private const float Ln2Rest = (float)(0.693147180559945309 - (double)Ln2);

    // x = n·ln 2 + r with |r| ≤ ln 2 / 2; eˣ = 2ⁿ·eʳ, and of eʳ's series the terms to r⁷ leave an error of a tenth of a unit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of(TLanes x)
    {
        x = TLanes.Max(x, TLanes.Broadcast(Least));
        var n = TLanes.Round(TLanes.Multiply(x, TLanes.Broadcast(1.44269504088896341f)));
        var r = TLanes.FusedMultiplyAdd(n, TLanes.Broadcast(-Ln2), x);
        r = TLanes.FusedMultiplyAdd(n, TLanes.Broadcast(-Ln2Rest), r);
        var series = TLanes.FusedMultiplyAdd(TLanes.Broadcast(1 / 5040f), r, TLanes.Broadcast(1 / 720f));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1 / 120f));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1 / 24f));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1 / 6f));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1 / 2f));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1));
        series = TLanes.FusedMultiplyAdd(series, r, TLanes.Broadcast(1));
        // 2ⁿ in two factors, since it may lie beyond the normal numbers: only the last product rounds.
        var half = TLanes.Round(TLanes.Multiply(n, TLanes.Broadcast(0.5f)));
        var rest = TLanes.FusedMultiplyAdd(half, TLanes.Broadcast(-1), n);
        return TLanes.Multiply(TLanes.Multiply(series, PowerOfTwo(half)), PowerOfTwo(rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes PowerOfTwo(TLanes exponent) =>
        TLanes.ShiftLeft(TLanes.AddBits(TLanes.ToInteger(exponent), TLanes.BroadcastBits(127)), 23);
}
