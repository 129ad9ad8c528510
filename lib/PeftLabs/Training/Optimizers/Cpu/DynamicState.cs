namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>Where one moment's dynamic 8-bit codes and the scales of their blocks lie.</summary>
internal readonly unsafe struct DynamicState(byte* codes, float* absMax)
{
    public byte* Codes => codes;

    public float* AbsMax => absMax;

    /// <summary>The same from a later block on.</summary>
    public DynamicState From(nint block) => new(codes + block * StateLayout.BlockSize, absMax + block);
}
