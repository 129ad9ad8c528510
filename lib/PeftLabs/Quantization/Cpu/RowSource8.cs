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
        kernels.DotInt8(_codes + (long)first * width, width, end - first, x, y + first);
        for (var i = 0; i < x.Count; i++)
            Scale(x.Sum(y, i), first, end);
    }

    private void Scale(float* sums, int first, int end)
    {
        for (var row = first; row < end; row++)
            sums[row] = sums[row] * _rowAbsMax[row] * CpuKernels.Inverse127;
    }
}
