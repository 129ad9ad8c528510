using System.Buffers;

namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned matrix of dynamic 8-bit codes in blocks.</summary>
internal readonly unsafe struct DynamicSource8(CpuKernels kernels, int blockSize, byte* codes, ScaleSource scales) : IWeightSource
{
    private readonly byte* _codes = codes;
    private readonly ScaleSource _scales = scales;

    public CpuKernels Kernels => kernels;

    public int Unit => blockSize;

    public void Decode(long first, int count, float* destination, bool streaming)
    {
        float buffer;
        while (count > 0)
        {
            var (block, start) = Math.DivRem(first, blockSize);
            var part = (int)Math.Min(count, blockSize - start);
            var scale = *_scales.Read(kernels, block, 1, &buffer);
            kernels.DecodeDynamic8(DynamicMap.SignedTable, _codes + first, part, scale, destination);
            (first, count) = (first + part, count - part);
            destination += part;
        }
    }

    public void Multiply(int first, int end, int columns, VectorBatch x, float* y)
    {
        if (columns % blockSize != 0)
        {
            RowByRow.Multiply(this, first, end, columns, x, y);
            return;
        }
        var blocksPerRow = columns / blockSize;
        var buffer = ArrayPool<float>.Shared.Rent(blocksPerRow);
        fixed (float* scaleBuffer = buffer)
            for (var row = first; row < end; row++)
            {
                var scale = _scales.Read(kernels, (long)row * blocksPerRow, blocksPerRow, scaleBuffer);
                kernels.DotDynamic8(DynamicMap.SignedTable, _codes + (long)row * columns, columns, blockSize, scale, x, y + row);
            }
        ArrayPool<float>.Shared.Return(buffer);
    }
}
