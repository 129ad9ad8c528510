namespace PeftLabs.Quantization.Cpu;

/// <summary>Pinned <see cref="BlockScales"/>.</summary>
internal readonly unsafe struct ScaleSource(float* plain, byte* codes, float* nested, float* levels, float offset)
{
    private readonly float* _plain = plain;
    private readonly byte* _codes = codes;
    private readonly float* _nested = nested;
    private readonly float* _levels = levels;
    private readonly float _offset = offset;

    public bool IsNested => _levels != null;

    /// <summary>The scales from a block on: in place where they are plain, otherwise decoded into the buffer.</summary>
    public float* Read(CpuKernels kernels, long first, int count, float* buffer)
    {
        if (!IsNested)
            return _plain + first;
        Decode(kernels, first, count, buffer);
        return buffer;
    }

    public void Decode(CpuKernels kernels, long first, int count, float* destination)
    {
        if (!IsNested)
        {
            new ReadOnlySpan<float>(_plain + first, count).CopyTo(new Span<float>(destination, count));
            return;
        }
        for (var done = 0; done < count;)
        {
            var (block, start) = Math.DivRem(first + done, BlockScales.DefaultNestedBlockSize);
            var part = (int)Math.Min(count - done, BlockScales.DefaultNestedBlockSize - start);
            kernels.DecodeNested(_levels, _codes + first + done, part, _nested[block], _offset, destination + done);
            done += part;
        }
    }
}
