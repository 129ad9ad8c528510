namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned quantized matrix [rows, columns], read anywhere.</summary>
internal unsafe interface IWeightSource
{
    CpuKernels Kernels { get; }

    /// <summary>Values that share a scale, or a row's: a range is best split at its multiples.</summary>
    int Unit { get; }

    /// <summary>Decodes flat positions [first, first + count).</summary>
    void Decode(long first, int count, float* destination, bool streaming);

    /// <summary>y[row] = Σ W[row, column] · x[column] for rows [first, end) and each vector; y starts at row 0.</summary>
    void Multiply(int first, int end, int columns, VectorBatch x, float* y);
}
