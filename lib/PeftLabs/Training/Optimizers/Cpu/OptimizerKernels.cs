using System.Runtime.Intrinsics;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>
/// The rules over raw memory, one instance an instruction set; all instances give the same bits. Counts need no alignment, and pointers
/// may be unaligned. p are parameters, g gradients, m and v moments.
/// </summary>
internal abstract unsafe class OptimizerKernels
{
    /// <summary>Every instance that this machine runs, the fastest first; the last one is plain C#.</summary>
    public static IReadOnlyList<OptimizerKernels> Available { get; } = List();

    /// <summary>The fastest instance of this machine.</summary>
    public static OptimizerKernels Best => Available[0];

    public abstract string Name { get; }

    /// <summary>m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← p·keep + step · m / (√v·root + ε)</summary>
    public abstract void AdamW(in MoveConstants constants, float* p, float* g, float* m, float* v, nint count);

    /// <summary>The same with dynamic 8-bit moments; p stands at the start of a block.</summary>
    public abstract void AdamW8(in MoveConstants constants, float* p, float* g, DynamicState m, DynamicState v, nint count);

    /// <summary>The moments of AdamW, and g ← m / (√v·root + ε).</summary>
    public abstract void Normalize(in MoveConstants constants, float* g, float* m, float* v, nint count);

    /// <summary>p ← p·keep + step · sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g</summary>
    public abstract void Lion(in MoveConstants constants, float* p, float* g, float* m, nint count);

    /// <summary>m ← β₁m + (g + λp);  p ← p + step · m; without m, p ← p + step · (g + λp).</summary>
    public abstract void Descend(in MoveConstants constants, float* p, float* g, float* m, nint count);

    /// <summary>v ← β₂v + (1 − β₂)(g² + ε); gives Σ g²/v.</summary>
    public abstract double SquareMoment(in MoveConstants constants, float* g, float* v, nint count);

    /// <summary>p ← p·keep + step · g/√v</summary>
    public abstract void MoveBySquare(in MoveConstants constants, float* p, float* g, float* v, nint count);

    /// <summary>sums ← sums + g² + ε; gives Σ (g² + ε).</summary>
    public abstract double AddSquares(float epsilon, float* g, float* sums, nint count);

    /// <summary>Σ (c·g)²</summary>
    public abstract double SumSquares(float* g, float* c, nint count);

    /// <summary>p ← p·keep + step · c·g</summary>
    public abstract void MoveScaled(in MoveConstants constants, float* p, float* g, float* c, nint count);

    private static List<OptimizerKernels> List()
    {
        var list = new List<OptimizerKernels>();
        if (Lanes512.IsSupported)
            list.Add(new LaneOptimizer<Lanes512, Vector512<float>>("AVX-512"));
        if (Lanes256.IsSupported)
            list.Add(new LaneOptimizer<Lanes256, Table256>("AVX2"));
        if (Lanes128.IsSupported)
            list.Add(new LaneOptimizer<Lanes128, Table128>("128-bit"));
        list.Add(new LaneOptimizer<LanesScalar, LanesScalar>("portable"));
        return list;
    }
}
