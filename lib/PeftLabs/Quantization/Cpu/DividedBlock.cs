using System.Buffers;

namespace PeftLabs.Quantization.Cpu;

/// <summary>A copy of a block, each value divided by the block's scale, for where a product with the inverse would not do.</summary>
internal readonly ref struct DividedBlock : IDisposable
{
    private readonly float[] _buffer;
    private readonly int _count;

    public unsafe DividedBlock(float* values, int count, float absMax, float largest = 1)
    {
        (_buffer, _count) = (ArrayPool<float>.Shared.Rent(count), count);
        for (var i = 0; i < count; i++)
            _buffer[i] = values[i] / absMax * largest;
    }

    public ref readonly float GetPinnableReference() => ref _buffer.AsSpan(0, _count).GetPinnableReference();

    public void Dispose() => ArrayPool<float>.Shared.Return(_buffer);
}
