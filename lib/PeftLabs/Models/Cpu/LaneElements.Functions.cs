using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

// The activations, a value and a slope each.
internal sealed unsafe partial class LaneElements<TLanes, TTable>
{
    private interface IFunction
    {
        static abstract TLanes Value(TLanes x);

        static abstract (TLanes Value, TLanes Slope) ValueAndSlope(TLanes x);
    }

    private readonly struct Silu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Value(TLanes x) => TLanes.Multiply(x, Sigmoid(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (TLanes Value, TLanes Slope) ValueAndSlope(TLanes x)
        {
            // d silu = σ + silu·(1 − σ)
            var sigmoid = Sigmoid(x);
            var silu = TLanes.Multiply(x, sigmoid);
            return (silu, TLanes.FusedMultiplyAdd(silu, TLanes.Subtract(TLanes.Broadcast(1), sigmoid), sigmoid));
        }
    }

    // ½·(1 + tanh(u)) = σ(2u): x·σ(2u) with u = √(2/π)·(x + 0.044715·x³)
    private readonly struct GeluTanh : IFunction
    {
        private const float TwoRoots = 1.5957691216057308f, Cubic = 0.044715f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Value(TLanes x) => TLanes.Multiply(x, Share(x, TLanes.Multiply(x, x)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (TLanes Value, TLanes Slope) ValueAndSlope(TLanes x)
        {
            // d = σ + x·σ·(1 − σ)·2u', 2u' = 2·√(2/π)·(1 + 3·0.044715·x²)
            var square = TLanes.Multiply(x, x);
            var share = Share(x, square);
            var value = TLanes.Multiply(x, share);
            var steep = TLanes.FusedMultiplyAdd(square, TLanes.Broadcast(3 * Cubic * TwoRoots), TLanes.Broadcast(TwoRoots));
            var rest = TLanes.Multiply(TLanes.Subtract(TLanes.Broadcast(1), share), steep);
            return (value, TLanes.FusedMultiplyAdd(value, rest, share));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Share(TLanes x, TLanes square) => Sigmoid(TLanes.Multiply(
            x, TLanes.FusedMultiplyAdd(square, TLanes.Broadcast(Cubic * TwoRoots), TLanes.Broadcast(TwoRoots))));
    }

    private readonly struct Gelu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Value(TLanes x) => TLanes.Multiply(x, Normal(x, Bell(x)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (TLanes Value, TLanes Slope) ValueAndSlope(TLanes x)
        {
            // d = Φ + x·e^(−x²/2)/√(2π)
            var bell = Bell(x);
            var normal = Normal(x, bell);
            return (TLanes.Multiply(x, normal), TLanes.FusedMultiplyAdd(TLanes.Multiply(x, bell), TLanes.Broadcast(0.3989422804f), normal));
        }

        // e^(−x²/2)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Bell(TLanes x) => Exponential<TLanes, TTable>.Of(TLanes.Multiply(TLanes.Multiply(x, x), TLanes.Broadcast(-0.5f)));

        // ½·erfc(|x|/√2) is half of a polynomial of t = 1/(1 + p·|x|/√2), times e^(−x²/2), to 8·10⁻⁸ (Abramowitz and Stegun, 7.1.26).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Normal(TLanes x, TLanes bell)
        {
            var (zero, one) = (TLanes.Broadcast(0), TLanes.Broadcast(1));
            var magnitude = TLanes.Max(x, TLanes.Subtract(zero, x));
            var t = TLanes.Divide(one, TLanes.FusedMultiplyAdd(magnitude, TLanes.Broadcast(0.3275911f * 0.70710678f), one));
            var series = TLanes.FusedMultiplyAdd(t, TLanes.Broadcast(0.5f * 1.061405429f), TLanes.Broadcast(0.5f * -1.453152027f));
            series = TLanes.FusedMultiplyAdd(series, t, TLanes.Broadcast(0.5f * 1.421413741f));
            series = TLanes.FusedMultiplyAdd(series, t, TLanes.Broadcast(0.5f * -0.284496736f));
            series = TLanes.FusedMultiplyAdd(series, t, TLanes.Broadcast(0.5f * 0.254829592f));
            var tail = TLanes.Multiply(TLanes.Multiply(series, t), bell);
            // Where the sign bit of x is set, the tail itself is Φ.
            return TLanes.Select(TLanes.GreaterBits(zero, x), tail, TLanes.Subtract(one, tail));
        }
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
