namespace PeftLabs.Quantization.Cpu;

/// <summary>A pinned matrix of bfloat16 or float16 numbers.</summary>
internal readonly unsafe struct SixteenBitSource(CpuKernels kernels, SixteenBitFormat format, ushort* codes) : IWeightSource
{
    private readonly ushort* _codes = codes;

    public CpuKernels Kernels => kernels;

    public int Unit => 64;

    public void Decode(long first, int count, float* destination, bool streaming)
    {
        if (format == SixteenBitFormat.BFloat16)
            kernels.DecodeBFloat16(_codes + first, count, destination);
        else
            kernels.DecodeFloat16(_codes + first, count, destination);
    }

    public void Multiply(int first, int end, int columns, VectorBatch x, float* y)
    {
        var codes = _codes + (long)first * columns;
        if (format == SixteenBitFormat.BFloat16)
            kernels.DotBFloat16(codes, columns, end - first, x, y + first);
        else
            kernels.DotFloat16(codes, columns, end - first, x, y + first);
    }
}
