namespace PeftLabs.Quantization.Cpu;

// What a loss does with a row of logits.
internal abstract unsafe partial class CpuKernels
{
    /// <summary>destination = e^values, for values up to 88.</summary>
    public abstract void Exp(float* values, nint count, float* destination);

    /// <summary>The largest value; NaN where there is one, −∞ of none.</summary>
    public abstract float Max(float* values, nint count);

    /// <summary>The sum, in double precision from every thousand values on.</summary>
    public abstract double Sum(float* values, nint count);

    /// <summary>Σ e^(values − shift), the exponentials being left in place of the values where <paramref name="store"/> says so.</summary>
    public abstract double SumExp(float* values, nint count, float shift, bool store);

    /// <summary>values = values × factor + offset, rounded once.</summary>
    public abstract void Affine(float* values, nint count, float factor, float offset);
}
