using System.Runtime.CompilerServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>
/// The rules over sixteen lanes. What does not fill sixteen lanes goes through zero-padded copies and the same instructions, so that a
/// value does not depend on where it stands.
/// </summary>
internal sealed unsafe partial class LaneOptimizer<TLanes, TTable>(string name) : OptimizerKernels
    where TLanes : unmanaged, ILanes<TLanes, TTable>
    where TTable : unmanaged
{
    private const int Lanes = ILanes<TLanes, TTable>.Count;

    public override string Name => name;

    public override void AdamW(in MoveConstants constants, float* p, float* g, float* m, float* v, nint count) =>
        Run<AdamWRule>(constants, p, g, m, v, count);

    public override void Normalize(in MoveConstants constants, float* g, float* m, float* v, nint count) =>
        Run<NormalizeRule>(constants, g, g, m, v, count);

    public override void Lion(in MoveConstants constants, float* p, float* g, float* m, nint count) =>
        Run<LionRule>(constants, p, g, m, null, count);

    public override void Descend(in MoveConstants constants, float* p, float* g, float* m, nint count)
    {
        if (m is null)
            Run<DescentRule>(constants, p, g, null, null, count);
        else
            Run<MomentumRule>(constants, p, g, m, null, count);
    }

    public override void MoveBySquare(in MoveConstants constants, float* p, float* g, float* v, nint count) =>
        Run<SquareRule>(constants, p, g, v, null, count);

    public override void MoveScaled(in MoveConstants constants, float* p, float* g, float* c, nint count) =>
        Run<ScaledRule>(constants, p, g, c, null, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Of(float value) => TLanes.Broadcast(value);

    private interface IRule
    {
        /// <summary>Sixteen values; a and b may be null where the rule has no use for them.</summary>
        static abstract void Sixteen(in MoveConstants k, float* p, float* g, float* a, float* b);
    }

    private static void Run<TRule>(in MoveConstants k, float* p, float* g, float* a, float* b, nint count)
        where TRule : struct, IRule
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            TRule.Sixteen(k, p + i, g + i, a is null ? null : a + i, b is null ? null : b + i);
        if (i == count)
            return;
        var parts = new float*[] { p, g, a, b };
        var padded = stackalloc float[4 * Lanes];
        new Span<float>(padded, 4 * Lanes).Clear();
        for (var part = 0; part < 4; part++)
            if (parts[part] is not null)
                Unsafe.CopyBlockUnaligned(padded + part * Lanes, parts[part] + i, (uint)(count - i) * sizeof(float));
        TRule.Sixteen(k, padded, padded + Lanes, a is null ? null : padded + 2 * Lanes, b is null ? null : padded + 3 * Lanes);
        for (var part = 0; part < 4; part++)
            if (part != 1 && parts[part] is not null)
                Unsafe.CopyBlockUnaligned(parts[part] + i, padded + part * Lanes, (uint)(count - i) * sizeof(float));
    }
}
