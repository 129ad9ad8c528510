using System.Text.Json.Nodes;
using PeftLabs.Cli.Commands;
using PeftLabs.Cli.Doctor;

namespace PeftLabs.Tests.Cli;

public sealed class AdviceTests
{
    private static readonly DoctorReport Fine = new()
    {
        Version = "0.1.0",
        Runtime = ".NET 10 on linux-x64",
        Provider = "local",
        Libtorch = "1.13.0",
        Blas = new("OpenBLAS", "/usr/lib/libopenblasp-r0.3.21.so"),
        MatmulGflops = 125,
        CopyGigabytesPerSecond = 10,
        Threads = 2,
        Cores = 2,
        Processor = "a processor",
        MemoryBytes = 8L << 30,
        Gpus = [],
        Cuda = false,
        Plotly = "4.1.1",
        Chromium = "/usr/bin/chromium",
        Node = "v20",
    };

    public static readonly TheoryData<DoctorReport, string> Faults = new()
    {
        { Fine with { Blas = new("reference BLAS", "/usr/lib/blas/libblas.so.3.11.0") }, "apt-get install -y --no-install-recommends libopenblas0-pthread" },
        { Fine with { MatmulGflops = 39 }, "A core multiplies at 19.5 GFLOP/s with OpenBLAS, below 20" },
        { Fine with { Threads = 1 }, "libtorch computes on 1 of 2 cores" },
        { Fine with { Gpus = ["GPU 0: one"] }, "Set LIBTORCH to a libtorch with CUDA" },
        { Fine with { Plotly = null }, "./lab setup fetches it" },
        { Fine with { Chromium = null }, "./lab setup --images installs it" },
    };

    [Fact]
    public void Healthy_machine_gets_no_advice() => Assert.Empty(Advice.For(Fine));

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Fault_gets_one_warning_that_says_what_to_do(DoctorReport report, string expected) =>
        Assert.Contains(expected, Assert.Single(Advice.For(report)));

    [Theory]
    [InlineData("OpenBLAS", "/lib/libtorch_cpu.so.1.13", "/usr/lib/libopenblasp-r0.3.21.so", "/usr/lib/openblas-pthread/libblas.so.3")]
    [InlineData("OpenBLAS", "/lib/libtorch_cpu.so.1.13", "/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3")]
    [InlineData("reference BLAS", "/lib/libtorch_cpu.so.1.13", "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0")]
    [InlineData("built into libtorch", "/lib/libtorch_cpu.so", "/lib/libc.so.6")]
    public void Blas_is_told_by_its_file(string expected, params string[] libraries) =>
        Assert.Equal(expected, BlasLibrary.Among(libraries).Name);

    [Fact]
    public void Json_is_one_line_with_warnings()
    {
        var text = DoctorCommand.Json(Fine with { Plotly = null });

        var node = JsonNode.Parse(text)!;
        Assert.DoesNotContain('\n', text);
        Assert.Equal(125, (double)node["matmul_gflops"]!);
        Assert.Equal("OpenBLAS", (string?)node["blas"]!["name"]);
        Assert.Single(node["warnings"]!.AsArray());
    }
}
