namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned matrix of signed bytes with a scale for each row.</summary>
internal readonly unsafe struct RowSource8(CpuKernels kernels, int columns, sbyte* codes, float* rowAbsMax) : IWeightSource
{
    private readonly sbyte* _codes = codes;
    private readonly float* _rowAbsMax = rowAbsMax;

    public CpuKernels Kernels => kernels;

    public int Unit => columns;

    public void Decode(long first, int count, float* destination, bool streaming)
    {
        while (count > 0)
        {
            var (row, start) = Math.DivRem(first, columns);
            var part = (int)Math.Min(count, columns - start);
            kernels.DecodeInt8(_codes + first, part, _rowAbsMax[row], destination);
            (first, count) = (first + part, count - part);
            destination += part;
        }
    }

    public void Multiply(int first, int end, int width, VectorBatch x, float* y)
    {
        for (var row = first; row < end; row++)
        {
            kernels.DotInt8(_codes + (long)row * width, width, x, y + row);
            for (var i = 0; i < x.Count; i++)
                y[row + i * x.SumStride] = y[row + i * x.SumStride] * _rowAbsMax[row] * CpuKernels.Inverse127;
        }
    }
}
