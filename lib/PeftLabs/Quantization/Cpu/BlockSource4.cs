using System.Buffers;

namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned 4-bit matrix.</summary>
internal readonly unsafe struct BlockSource4(CpuKernels kernels, CodeBook4 book, int blockSize, byte* packed, ScaleSource scales)
    : IWeightSource
{
    private const int ScaleChunk = 256;

    private readonly byte* _packed = packed;
    private readonly ScaleSource _scales = scales;

    public CpuKernels Kernels => kernels;

    public int Unit => blockSize;

    public void Decode(long first, int count, float* destination, bool streaming)
    {
        var buffer = stackalloc float[ScaleChunk];
        while (count > 0)
        {
            var (block, start) = Math.DivRem(first, blockSize);
            int done;
            if (start == 0 && count >= blockSize)
            {
                var blocks = Math.Min(count / blockSize, ScaleChunk);
                done = blocks * blockSize;
                var scale = _scales.Read(kernels, block, blocks, buffer);
                kernels.Decode4(book, _packed + first / 2, blockSize, blocks, scale, destination, streaming);
            }
            else
            {
                done = (int)Math.Min(count, blockSize - start);
                DecodePart(first, done, *_scales.Read(kernels, block, 1, buffer), destination);
            }
            (first, count) = (first + done, count - done);
            destination += done;
        }
    }

    // A range that starts at an odd position starts in a low nibble.
    private void DecodePart(long first, int count, float scale, float* destination)
    {
        if (first % 2 == 1)
        {
            *destination++ = book.Tables.Decoded[_packed[first / 2] & 15] * scale;
            (first, count) = (first + 1, count - 1);
        }
        kernels.DecodePart4(book, _packed + first / 2, count, scale, destination);
    }

    public void Multiply(int first, int end, int columns, VectorBatch x, float* y)
    {
        if (columns % blockSize != 0)
        {
            RowByRow.Multiply(this, first, end, columns, x, y);
            return;
        }
        var blocksPerRow = columns / blockSize;
        var rowsAtOnce = Math.Max(2, 1024 / blocksPerRow & ~1);
        var buffer = ArrayPool<float>.Shared.Rent(rowsAtOnce * blocksPerRow);
        fixed (float* scaleBuffer = buffer)
            for (var row = first; row < end; row += rowsAtOnce)
            {
                var rows = Math.Min(rowsAtOnce, end - row);
                var scale = _scales.Read(kernels, (long)row * blocksPerRow, rows * blocksPerRow, scaleBuffer);
                kernels.Multiply4(book, _packed + (long)row * columns / 2, blockSize, blocksPerRow, scale, x, y + row, rows);
            }
        ArrayPool<float>.Shared.Return(buffer);
    }
}
