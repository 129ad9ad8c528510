namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned matrix of float32 numbers, so that it is turned by the kernels that turn the others.</summary>
internal readonly unsafe struct Float32Source(CpuKernels kernels, float* values) : IWeightSource
{
    private readonly float* _values = values;

    public CpuKernels Kernels => kernels;

    public int Unit => 16;

    public void Decode(long first, int count, float* destination, bool streaming) =>
        new ReadOnlySpan<float>(_values + first, count).CopyTo(new Span<float>(destination, count));

    public void Multiply(int first, int end, int columns, VectorBatch x, float* y) =>
        kernels.DotFloat32(_values + (long)first * columns, columns, end - first, x, y + first);
}
