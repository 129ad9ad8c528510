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

    public void Multiply(int first, int end, int columns, float* x, float* y)
    {
        for (var row = first; row < end; row++)
            y[row] = format == SixteenBitFormat.BFloat16
                ? kernels.DotBFloat16(_codes + (long)row * columns, columns, x)
                : kernels.DotFloat16(_codes + (long)row * columns, columns, x);
    }
}
