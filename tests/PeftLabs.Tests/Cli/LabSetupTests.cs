namespace PeftLabs.Tests.Cli;

public sealed class LabSetupTests : IDisposable
{
    private const string Install = "apt-get install -y --no-install-recommends libtorch-dev libopenblas0-pthread";

    private readonly LabScript _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Run_on_a_ready_machine_builds_and_passes_the_arguments_on()
    {
        var result = _lab.Run(["run", "a b.ipynb", "-p", "steps=2"]);

        Assert.Equal(0, result.Code);
        Assert.Equal("provider local ran run a b.ipynb -p steps=2\n", result.Output);
        Assert.Equal(0, _lab.Count("apt-get"));
    }

    [Fact]
    public void Second_run_neither_builds_nor_looks_at_the_machine_again()
    {
        _lab.Run(["doctor"]);
        var before = _lab.Calls.Length;

        var result = _lab.Run(["doctor"]);

        Assert.Equal("provider local ran doctor\n", result.Output);
        Assert.Equal("", result.Error);
        Assert.Equal(["dotnet " + Path.Combine(_lab.Root, "artifacts/bin/PeftLabs.Cli/release/lab.dll") + " doctor"], _lab.Calls[before..]);
    }

    [Fact]
    public void Changed_new_and_deleted_sources_are_built()
    {
        var source = Path.Combine(_lab.Root, "lib", "New.cs");
        _lab.Run(["doctor"]);
        foreach (var change in new Action[] { () => File.WriteAllText(source, "1"), () => File.WriteAllText(source, "23"), () => File.Delete(source) })
        {
            var before = _lab.Count("dotnet build");
            change();
            _lab.Run(["doctor"]);
            Assert.Equal(before + 1, _lab.Count("dotnet build"));
        }
    }

    [Fact]
    public void Somebody_elses_build_is_not_taken_for_ours()
    {
        _lab.Run(["doctor"]);
        File.WriteAllText(Path.Combine(_lab.Root, "artifacts/bin/PeftLabs.Cli/release/TorchSharp.dll"), "of another provider");

        _lab.Run(["doctor"]);

        Assert.Equal(2, _lab.Count("dotnet build"));
    }

    [Fact]
    public void Root_installs_what_is_missing()
    {
        _lab.Stub("dpkg-query", "exit 1");

        var result = _lab.Run(["setup"]);

        Assert.Equal(0, result.Code);
        Assert.Contains(Install, _lab.Calls);
    }

    [Fact]
    public void Not_root_and_missing_stops_with_the_exact_command()
    {
        _lab.Stub("dpkg-query", "exit 1");

        var result = _lab.Run(["run", "x.ipynb"], "STUB_UID=1000");

        Assert.Equal(3, result.Code);
        Assert.Contains("missing: libtorch-dev libopenblas0-pthread", result.Error);
        Assert.Contains($"sudo {Install}\n", result.Error);
        Assert.Equal(0, _lab.Count("apt-get") + _lab.Count("dotnet build"));
    }

    [Fact]
    public void Images_need_Chromium_and_nothing_else_does()
    {
        Assert.DoesNotContain(_lab.Calls, call => call.Contains("chromium"));
        Assert.Contains("./lab setup --images", _lab.Run(["setup"]).Error);

        _lab.Run(["setup", "--images"]);

        Assert.Contains("apt-get install -y --no-install-recommends chromium", _lab.Calls);
    }

    [Fact]
    public void LIBTORCH_stands_in_for_the_packages()
    {
        _lab.Stub("dpkg-query", "exit 1");
        var folder = Directory.CreateDirectory(Path.Combine(_lab.Root, "torch", "lib")).FullName;
        var setting = "LIBTORCH=" + Path.GetDirectoryName(folder);
        var empty = _lab.Run(["version"], setting);
        File.WriteAllText(Path.Combine(folder, "libtorch_cpu.so"), "");
        var headless = _lab.Run(["version"], setting);
        var headers = Directory.CreateDirectory(Path.Combine(_lab.Root, "torch", "include", "torch", "csrc", "autograd")).FullName;
        File.WriteAllText(Path.Combine(headers, "function.h"), "");

        Assert.Equal((3, 3), (empty.Code, headless.Code));
        Assert.Contains("holds no lib/libtorch_cpu.so", empty.Error);
        Assert.Contains("whose headers are missing", headless.Error);
        Assert.Equal(0, _lab.Run(["version"], setting).Code);
    }

    [Theory]
    [InlineData("apt-get", "echo \"Temporary failure resolving 'deb.debian.org'\"; exit 100", "no network: Debian's package source (apt) could not be reached, so libtorch-dev libopenblas0-pthread could not be had.")]
    [InlineData("npm", "echo 'npm error code ENOTFOUND'; exit 1", "no network: npm's registry could not be reached, so plotly.js-basic-dist-min@")]
    [InlineData("npm", "echo 'npm error code ETARGET'; exit 1", "npm's registry has no plotly.js-basic-dist-min@")]
    [InlineData("apt-get", "echo 'E: Unable to locate package libtorch-dev'; exit 100", "Debian's package source has no libtorch-dev.")]
    public void What_cannot_be_had_is_named(string tool, string body, string expected)
    {
        _lab.Stub("dpkg-query", "exit 1");
        _lab.Stub(tool, body);

        var result = _lab.Run(["run", "x.ipynb"]);

        Assert.Equal(3, result.Code);
        Assert.Contains(expected, result.Error);
    }

    [Theory]
    [InlineData("error NU1301: Unable to load the service index for source https://x", 3, "no network: NuGet's package source could not be reached")]
    [InlineData("error NU1101: Unable to find package Spectre.Console. No packages", 3, "lacks Spectre.Console.")]
    [InlineData("a.cs(1,2): error CS1002: ; expected", 1, "a.cs(1,2): error CS1002")]
    public void Failing_build_says_why(string line, int code, string expected)
    {
        var result = _lab.Run(["version"], "STUB_BUILD=" + line);

        Assert.Equal(code, result.Code);
        Assert.Contains(expected, result.Error);
        Assert.Equal(0, _lab.Run(["version"]).Code);
    }

    [Fact]
    public void Old_SDK_is_told()
    {
        _lab.Stub("dotnet", "echo '8.0.404 [/x]'");

        var result = _lab.Run(["version"]);

        Assert.Equal(3, result.Code);
        Assert.Contains("the .NET 10 SDK is missing; what dotnet finds is 8.0.404.", result.Error);
    }

    [Fact]
    public void Two_at_once_build_once()
    {
        using var first = _lab.Start(["version"], "STUB_BUILD_SECONDS=1");
        using var second = _lab.Start(["version"], "STUB_BUILD_SECONDS=1");

        Assert.Equal([0, 0], new[] { LabScript.Finish(first), LabScript.Finish(second) }.Select(r => r.Code));
        Assert.Equal(1, _lab.Count("dotnet build"));
    }

    [Fact]
    public void A_symbolic_link_from_elsewhere_leads_home()
    {
        var link = Path.Combine(Path.GetDirectoryName(_lab.Root)!, "a link");
        File.CreateSymbolicLink(link, "the kit/lab");

        using var process = _lab.StartFile(link, ["version"]);

        Assert.Equal("provider local ran version\n", LabScript.Finish(process).Output);
    }
}
