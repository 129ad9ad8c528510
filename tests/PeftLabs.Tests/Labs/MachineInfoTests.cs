using System.Runtime.InteropServices;
using PeftLabs.Labs;
using TorchSharp;

namespace PeftLabs.Tests.Labs;

public sealed class MachineInfoTests
{
    [Fact]
    public void The_machine_is_described_as_the_system_does()
    {
        var machine = MachineInfo.Current;
        Assert.Equal(RuntimeInformation.OSDescription, machine.OperatingSystem);
        Assert.Equal(Environment.ProcessorCount, machine.Cores);
        Assert.InRange(machine.MemoryBytes, 1L << 28, 1L << 46);
        if (File.Exists("/proc/cpuinfo") && machine.Architecture == "X64")
            Assert.Contains($": {machine.Processor}\n", File.ReadAllText("/proc/cpuinfo"));
        if (OperatingSystem.IsLinux())
            Assert.NotNull(machine.Blas);
    }

    [Fact]
    public void The_versions_are_those_of_this_build()
    {
        var versions = SoftwareVersions.Current;
        Assert.Matches(@"^\d+\.\d+\.\d+", versions.Kit);
        Assert.DoesNotContain("+", versions.Kit);
        Assert.Equal(Environment.Version.ToString(), versions.DotNet);
        Assert.Equal(torch.__version__, versions.Torch);
        Assert.SkipUnless(Path.Exists(Path.Combine(Shared.Root, ".git")), "no working copy");
        Assert.Matches("^[0-9a-f]{40}$", versions.Commit);
        Assert.NotNull(versions.Modified);
    }

    [Theory]
    [InlineData("OpenBLAS", "/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", "/usr/lib/libm.so")]
    [InlineData("OpenBLAS", "/opt/libs/libopenblas.so.0", "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0")]
    [InlineData("reference", "/home/openblas/lib/blas/libblas.so.3.11.0")]
    [InlineData("MKL", "/opt/intel/libmkl_core.so.2")]
    [InlineData(null, "/usr/lib/libm.so", "/libc.so")]
    public void A_blas_is_recognised_by_its_folder_and_file(string? name, params string[] libraries) =>
        Assert.Equal(name, BlasLibrary.Named(libraries));
}
