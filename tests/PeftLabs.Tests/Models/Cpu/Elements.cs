using PeftLabs.Models.Cpu;

namespace PeftLabs.Tests.Models.Cpu;

/// <summary>The element-wise kernels by name, for theories.</summary>
internal static class Elements
{
    public static TheoryData<string> Paths => [.. ElementKernels.Available.Select(k => k.Name)];

    public static ElementKernels Path(string name) => ElementKernels.Available.Single(k => k.Name == name);

    public static ElementKernels Portable => ElementKernels.Available[^1];
}
