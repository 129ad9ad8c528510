using System.Runtime.InteropServices;
using PeftLabs.Memory;

namespace PeftLabs.Tests.Memory;

[Collection("Memory")]
public sealed class ResidentMemoryTests
{
    private const int Size = 256 << 20;

    [Fact]
    public unsafe void Written_pages_are_resident_and_stay_in_the_peak()
    {
        var before = ResidentMemory.CurrentBytes;
        var block = NativeMemory.Alloc(Size);
        NativeMemory.Fill(block, Size, 1);
        Assert.InRange(ResidentMemory.CurrentBytes - before, 0.9 * Size, 1.1 * Size);
        NativeMemory.Free(block);
        Assert.InRange(ResidentMemory.CurrentBytes - before, -0.2 * Size, 0.2 * Size);
        Assert.True(ResidentMemory.PeakBytes - before > 0.8 * Size);
        if (ResidentMemory.ResetPeak())
            Assert.InRange(ResidentMemory.PeakBytes - ResidentMemory.CurrentBytes, -0.1 * Size, 0.1 * Size);
    }

    [Fact]
    public void Parts_sum_to_no_more_than_the_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the parts apart");
        Assert.InRange(ResidentMemory.AnonymousBytes!.Value, 1 << 20, ResidentMemory.CurrentBytes);
        Assert.InRange(ResidentMemory.FileBytes!.Value, 1 << 20, ResidentMemory.CurrentBytes);
    }
}
