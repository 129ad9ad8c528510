using System.Runtime.Intrinsics;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Cpu;

/// <summary>
/// The element-wise work of a block in single passes over memory, one instance an instruction set; all instances give the same bits.
/// Counts need no divisor, and pointers no alignment. What is written may be what is read only where said.
/// </summary>
internal abstract unsafe class ElementKernels
{
    /// <summary>Every instance that this machine runs, the fastest first; the last one is plain C#.</summary>
    public static IReadOnlyList<ElementKernels> Available { get; } = List();

    /// <summary>The instance's name, for messages.</summary>
    public abstract string Name { get; }

    private static List<ElementKernels> List()
    {
        var list = new List<ElementKernels>();
        if (Lanes512.IsSupported)
            list.Add(new LaneElements<Lanes512, Vector512<float>>("AVX-512"));
        if (Lanes256.IsSupported)
            list.Add(new LaneElements<Lanes256, Table256>("AVX2"));
        if (Lanes128.IsSupported)
            list.Add(new LaneElements<Lanes128, Table128>("128-bit"));
        list.Add(new LaneElements<LanesScalar, LanesScalar>("portable"));
        return list;
    }

    /// <summary>y = x·inverse·w, and inverse = 1 / √(mean(x²) + ε), for each row of <paramref name="size"/>; y may be x.</summary>
    public abstract void RmsNorm(float* x, float* w, nint rows, nint size, float epsilon, float* y, float* inverse);

    /// <summary>gx = (g·w − x̂·mean(g·w·x̂))·inverse with x̂ = x·inverse.</summary>
    public abstract void RmsNormBackward(KeptValues x, float* w, float* inverse, float* g, nint rows, nint size, float* gx);

    /// <summary>gw[column] = Σ g·x·inverse over the rows, for some columns.</summary>
    public abstract void RmsNormWeight(
        KeptValues x, float* inverse, float* g, nint rows, nint size, nint firstColumn, nint columns, float* gw);

    /// <summary>
    /// Turns the heads of one token, each of 2·half features: first·cos + sign·second·sin, and second·cos − sign·first·sin; y may be x.
    /// </summary>
    public abstract void Rotate(
        float* x, nint stride, float* cosines, float* sines, float sign, nint heads, nint half, float* y, nint newStride);

    /// <summary>y = f(gate)·up; y may be the gate or up.</summary>
    public abstract void Gate(Activation f, KeptValues gate, KeptValues up, nint count, float* y);

    /// <summary>
    /// Turns the product's gradient <paramref name="g"/> into up's in place, and writes the gate's; writes the product too, unless
    /// <paramref name="product"/> is null. What is written may be the gate and up.
    /// </summary>
    public abstract void GateBackward(Activation f, KeptValues gate, KeptValues up, nint count, float* g, float* gateGradient, float* product);

    /// <summary>y = f(x); y may be x.</summary>
    public abstract void Activate(Activation f, KeptValues x, nint count, float* y);

    /// <summary>Turns f(x)'s gradient into x's in place; writes f(x) too, unless <paramref name="y"/> is null; y may be x.</summary>
    public abstract void ActivateBackward(Activation f, KeptValues x, nint count, float* g, float* y);

    /// <summary>y = x − mean(x) for each row of <paramref name="size"/>; y may be x.</summary>
    public abstract void Center(KeptValues x, nint rows, nint size, float* y);

    /// <summary>x = cap·tanh(x/cap) in place; writes the slope 1 − tanh²(x/cap) too, unless <paramref name="slope"/> is null.</summary>
    public abstract void SoftCap(float* x, nint count, float cap, float* slope);

    /// <summary>x = x·factor, element by element.</summary>
    public abstract void MultiplyBy(float* x, float* factor, nint count);

    /// <summary>
    /// y = x·scale where the mask of the seed is set and 0 elsewhere, for the elements from <paramref name="first"/> on; or that much
    /// more, with <paramref name="add"/>. The mask is set where 32 bits of the element's hash are at least the threshold. y may be x.
    /// </summary>
    public abstract void Dropout(KeptValues x, long first, nint count, DropoutMask mask, bool add, float* y);
}
