namespace PeftLabs.Quantization.Cpu;

/// <summary>
/// Vectors that a matrix's rows are multiplied with: a row is decoded once for four of them; one of blockwise 8-bit codes, or whose
/// length is no multiple of sixteen, once for each.
/// </summary>
internal readonly unsafe struct VectorBatch(float* first, nint stride, int count, nint sumStride)
{
    private readonly float* _first = first;

    /// <summary>How many there are, at least one.</summary>
    public int Count => count;

    /// <summary>The distance between the sums of two vectors with one row.</summary>
    public nint SumStride => sumStride;

    /// <summary>A vector's numbers; beyond the last there is the last again.</summary>
    public float* this[int index] => _first + Math.Min(index, count - 1) * stride;

    /// <summary>Where a vector's sum with a row goes, given where the first one's does; beyond the last, where the last one's does.</summary>
    public float* Sum(float* first, int index) => first + Math.Min(index, count - 1) * sumStride;
}
