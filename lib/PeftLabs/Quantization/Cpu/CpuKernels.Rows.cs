namespace PeftLabs.Quantization.Cpu;

// What attention does with the values of one head, a row a token.
internal abstract unsafe partial class CpuKernels
{
    /// <summary>y += Σ weights[row] · rows[row], for rows of so many numbers.</summary>
    public abstract void AddRowsFloat32(float* rows, nint count, nint size, float* weights, float* y);

    /// <summary>y += Σ weights[row] · rows[row], for rows of so many numbers.</summary>
    public abstract void AddRowsBFloat16(ushort* rows, nint count, nint size, float* weights, float* y);

    /// <summary>y += Σ weights[row] · rows[row], for rows of so many integers.</summary>
    public abstract void AddRowsInt8(sbyte* rows, nint count, nint size, float* weights, float* y);
}
