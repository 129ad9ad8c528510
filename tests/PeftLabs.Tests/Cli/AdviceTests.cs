using System.Text.Json.Nodes;
using PeftLabs.Cli.Commands;
using PeftLabs.Cli.Doctor;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Cli;

public sealed class AdviceTests
{
    private static readonly MachineInfo Box = new("Debian", "X64", "a processor", 2, 8L << 30, [], "OpenBLAS");

    private static readonly DoctorReport Fine = new()
    {
        Version = "0.1.0",
        Runtime = ".NET 10 on linux-x64",
        Provider = "local",
        Libtorch = "1.13.0",
        Machine = Box,
        BlasPath = "/usr/lib/libopenblasp-r0.3.21.so",
        MatmulGflops = 125,
        CopyGigabytesPerSecond = 10,
        Threads = 2,
        Load = 0.1,
        Cuda = false,
        Plotly = "4.1.1",
        Chromium = "/usr/bin/chromium",
        Node = "v20",
    };

    public static readonly TheoryData<DoctorReport, string> Faults = new()
    {
        { Fine with { Machine = Box with { Blas = "reference" } }, "apt-get install -y --no-install-recommends libopenblas0-pthread" },
        { Fine with { MatmulGflops = 39 }, "A core multiplies at 19.5 GFLOP/s with OpenBLAS, below 20" },
        { Fine with { MatmulGflops = 39, Load = 30.5 }, "(load 30.5 on 2 cores): it is faster than this says" },
        { Fine with { Threads = 1 }, "libtorch computes on 1 of 2 cores" },
        { Fine with { Machine = Box with { Gpus = ["one"] } }, "Set LIBTORCH to a libtorch with CUDA" },
        { Fine with { Plotly = null }, "./lab setup fetches it" },
        { Fine with { Chromium = null }, "./lab setup --images installs it" },
    };

    [Fact]
    public void Healthy_machine_gets_no_advice() => Assert.Empty(Advice.For(Fine));

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Fault_gets_one_warning_that_says_what_to_do(DoctorReport report, string expected) =>
        Assert.Contains(expected, Assert.Single(Advice.For(report)));

    [Fact]
    public void Json_is_one_line_with_warnings()
    {
        var text = DoctorCommand.Json(Fine with { Plotly = null });

        var node = JsonNode.Parse(text)!;
        Assert.DoesNotContain('\n', text);
        Assert.Equal(125, (double)node["matmul_gflops"]!);
        Assert.Equal("OpenBLAS", (string?)node["machine"]!["blas"]);
        Assert.Single(node["warnings"]!.AsArray());
    }
}
