using System.Buffers;

namespace PeftLabs.Quantization.Cpu;

/// <summary>The product with vectors where a row is not a whole number of blocks: one decoded row at a time.</summary>
internal static unsafe class RowByRow
{
    public static void Multiply<TSource>(TSource source, int first, int end, int columns, VectorBatch x, float* y)
        where TSource : struct, IWeightSource
    {
        var buffer = ArrayPool<float>.Shared.Rent(columns);
        fixed (float* decoded = buffer)
            for (var row = first; row < end; row++)
            {
                source.Decode((long)row * columns, columns, decoded, streaming: false);
                source.Kernels.DotFloat32(decoded, columns, 1, x, y + row);
            }
        ArrayPool<float>.Shared.Return(buffer);
    }
}
