using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

public class GpuCatalogueTests
{
    [Theory]
    [InlineData("RTX 4060", 8)]
    [InlineData("RTX 3060", 12)]
    [InlineData("RTX 4080", 16)]
    [InlineData("nvidia geforce rtx 4090", 24)]
    [InlineData("NVIDIA L40S", 48)]
    [InlineData("h100", 80)]
    public void A_gpu_is_found_by_its_names_and_has_nearly_the_memory_that_it_is_sold_with(string name, int gibibytes)
    {
        var gpu = GpuCatalogue.Find(name);
        Assert.InRange(gpu.MemoryBytes, (long)(gibibytes * 0.93 * (1 << 30)), (long)gibibytes << 30);
    }

    [Fact]
    public void What_is_set_aside_and_what_is_left_are_all_the_memory()
    {
        Assert.All(GpuCatalogue.All, g => Assert.Equal(g.MemoryBytes, g.Budget + Gpu.ContextBytes + Gpu.WorkspaceBytes + g.RoundingBytes));
        Assert.All(GpuCatalogue.All, g => Assert.InRange(g.Budget, (long)(0.88 * g.MemoryBytes), (long)(0.97 * g.MemoryBytes)));
    }

    [Fact]
    public void Tensor_cores_are_faster_than_float32_and_names_differ()
    {
        Assert.All(GpuCatalogue.All, g => Assert.InRange(g.HalfFlopsPerSecond / g.Float32FlopsPerSecond, 1.9, 17));
        var names = GpuCatalogue.All.SelectMany(g => g.Also.Prepend(g.Name)).Select(n => n.ToLowerInvariant()).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void An_unknown_gpu_is_refused_with_the_nearest_names()
    {
        var refused = Assert.Throws<ArgumentException>(() => GpuCatalogue.Find("RTX 4091"));
        Assert.Contains("RTX 4090", refused.Message);
        Assert.Contains("--memory", refused.Message);
    }
}
