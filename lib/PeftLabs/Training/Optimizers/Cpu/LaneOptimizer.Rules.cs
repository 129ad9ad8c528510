using System.Runtime.CompilerServices;

namespace PeftLabs.Training.Optimizers.Cpu;

internal sealed unsafe partial class LaneOptimizer<TLanes, TTable>
{
    // p·keep + step·direction
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(in MoveConstants k, float* p, TLanes direction) =>
        TLanes.Store(TLanes.FusedMultiplyAdd(direction, Of(k.Step), TLanes.Multiply(TLanes.Load(p), Of(k.Keep))), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Blend(TLanes old, float keep, TLanes fresh, float share) =>
        TLanes.FusedMultiplyAdd(fresh, Of(share), TLanes.Multiply(old, Of(keep)));

    // m / (√v·root + ε)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Normalized(in MoveConstants k, TLanes m, TLanes v) =>
        TLanes.Divide(m, TLanes.FusedMultiplyAdd(TLanes.SquareRoot(v), Of(k.Root), Of(k.Epsilon)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Moments(in MoveConstants k, float* g, float* m, float* v)
    {
        var gradient = TLanes.Load(g);
        var mean = Blend(TLanes.Load(m), k.Beta1, gradient, k.Fresh1);
        var square = Blend(TLanes.Load(v), k.Beta2, TLanes.Multiply(gradient, gradient), k.Fresh2);
        TLanes.Store(mean, m);
        TLanes.Store(square, v);
        return Normalized(k, mean, square);
    }

    private readonly struct AdamWRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b) => Step(k, p, Moments(k, g, a, b));
    }

    private readonly struct NormalizeRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b) => TLanes.Store(Moments(k, g, a, b), p);
    }

    private readonly struct LionRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b)
        {
            var (mean, gradient) = (TLanes.Load(a), TLanes.Load(g));
            Step(k, p, Sign(Blend(mean, k.Beta1, gradient, k.Fresh1)));
            TLanes.Store(Blend(mean, k.Beta2, gradient, k.Fresh2), a);
        }

        // The sign's bit and the bits of 1, where any bit of the magnitude is set.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Sign(TLanes value)
        {
            var one = TLanes.Or(TLanes.And(value, TLanes.BroadcastBits(int.MinValue)), Of(1));
            var magnitude = TLanes.And(value, TLanes.BroadcastBits(int.MaxValue));
            return TLanes.And(TLanes.GreaterBits(magnitude, TLanes.BroadcastBits(0)), one);
        }
    }

    private readonly struct DescentRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b) => Move(k, p, Decayed(k, p, g));

        // g + λp
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Decayed(in MoveConstants k, float* p, float* g) =>
            TLanes.FusedMultiplyAdd(TLanes.Load(p), Of(k.Decay), TLanes.Load(g));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Move(in MoveConstants k, float* p, TLanes direction) =>
            TLanes.Store(TLanes.FusedMultiplyAdd(direction, Of(k.Step), TLanes.Load(p)), p);
    }

    private readonly struct MomentumRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b)
        {
            var momentum = TLanes.FusedMultiplyAdd(TLanes.Load(a), Of(k.Beta1), DescentRule.Decayed(k, p, g));
            TLanes.Store(momentum, a);
            DescentRule.Move(k, p, momentum);
        }
    }

    private readonly struct SquareRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b) =>
            Step(k, p, TLanes.Divide(TLanes.Load(g), TLanes.SquareRoot(TLanes.Load(a))));
    }

    private readonly struct ScaledRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b) =>
            Step(k, p, TLanes.Multiply(TLanes.Load(a), TLanes.Load(g)));
    }
}
