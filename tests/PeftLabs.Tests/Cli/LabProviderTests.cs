namespace PeftLabs.Tests.Cli;

public sealed class LabProviderTests : IDisposable
{
    private readonly LabScript _lab = new();

    public void Dispose() => _lab.Dispose();

    private string Remembered => File.ReadAllText(Path.Combine(_lab.Root, "artifacts", "PackageProvider.props"));

    [Fact]
    public void Old_libstdcxx_means_local_without_a_download()
    {
        var result = _lab.Run(["version"]);

        Assert.StartsWith("provider local", result.Output);
        Assert.Contains("package provider: local, because TorchSharp's native library needs GLIBCXX_3.4.32 (GCC 13), which", result.Error);
        Assert.Equal(0, _lab.Count("dotnet restore"));
    }

    [Fact]
    public void Packages_that_restore_and_load_are_taken()
    {
        _lab.NewLibrary();

        var result = _lab.Run(["version"]);

        Assert.StartsWith("provider nuget", result.Output);
        Assert.Contains("package provider: nuget (TorchSharp-cpu), because TorchSharp-cpu and Microsoft.ML.Tokenizers can be restored", result.Error);
    }

    [Fact]
    public void Source_without_the_packages_means_local()
    {
        _lab.NewLibrary();

        var result = _lab.Run(["version"], "STUB_RESTORE=error NU1101: Unable to find package TorchSharp-cpu. No packages exist");

        Assert.StartsWith("provider local", result.Output);
        Assert.Contains("package provider: local, because the package source lacks TorchSharp-cpu.", result.Error);
    }

    [Fact]
    public void Unreachable_source_decides_nothing()
    {
        _lab.NewLibrary();

        var result = _lab.Run(["version"], "STUB_RESTORE=error NU1301: Unable to load the service index");

        Assert.Equal(3, result.Code);
        Assert.Contains("no network: NuGet's package source could not be reached, so TorchSharp-cpu and Microsoft.ML.Tokenizers", result.Error);
        Assert.StartsWith("provider nuget", _lab.Run(["version"]).Output);
    }

    [Fact]
    public void Arm_means_local()
    {
        _lab.NewLibrary();

        var result = _lab.Run(["version"], "STUB_MACHINE=aarch64");

        Assert.Contains("package provider: local, because no package carries libtorch for Linux on aarch64.", result.Error);
    }

    [Fact]
    public void Choice_is_remembered_until_auto()
    {
        _lab.Run(["version"]);
        _lab.NewLibrary();
        Assert.StartsWith("provider local", _lab.Run(["version"]).Output);

        Assert.StartsWith("provider nuget", _lab.Run(["--provider", "auto", "version"]).Output);
        Assert.Contains(">nuget</PackageProvider>", Remembered);
    }

    [Fact]
    public void Option_is_remembered_and_the_environment_is_not()
    {
        _lab.Run(["--provider=nuget", "version"]);
        Assert.Contains(">you asked for it with --provider</PackageProviderReason>", Remembered);

        var result = _lab.Run(["version"], "PackageProvider=local");

        Assert.StartsWith("provider local", result.Output);
        Assert.Contains("package provider: local, because the environment says so.", result.Error);
        Assert.Contains(">nuget</PackageProvider>", Remembered);
    }

    [Fact]
    public void Remembered_choice_is_a_property_file_that_the_environment_can_overrule()
    {
        _lab.Run(["version"]);

        var property = System.Xml.Linq.XDocument.Parse(Remembered).Root!.Element("PropertyGroup")!.Element("PackageProvider")!;

        Assert.Equal(("local", "'$(PackageProvider)' == ''"), (property.Value, property.Attribute("Condition")!.Value));
    }

    [Fact]
    public void Gpu_asks_for_the_CUDA_package_first()
    {
        _lab.NewLibrary();
        _lab.Stub("nvidia-smi", "echo 'GPU 0: Some GPU'");

        var result = _lab.Run(["version"]);

        Assert.Contains("package provider: nuget (TorchSharp-cuda-linux)", result.Error);
    }

    [Fact]
    public void Gpu_without_a_CUDA_package_takes_the_libtorch_of_PyTorch()
    {
        var wheel = Path.Combine(_lab.Root, "site-packages", "torch");
        Directory.CreateDirectory(Path.Combine(wheel, "lib"));
        File.WriteAllText(Path.Combine(wheel, "lib", "libtorch_cuda.so"), "");
        File.WriteAllText(Path.Combine(wheel, "lib", "libtorch_cpu.so"), "");
        Directory.CreateDirectory(Path.Combine(wheel, "include", "torch", "csrc", "autograd"));
        File.WriteAllText(Path.Combine(wheel, "include", "torch", "csrc", "autograd", "function.h"), "");
        _lab.NewLibrary();
        _lab.Stub("nvidia-smi", "echo 'GPU 0: Some GPU'");
        _lab.Stub("python3", $"echo '{wheel}'");
        _lab.Stub("dpkg-query", "exit 1");

        var result = _lab.Run(["version"], "STUB_RESTORE=error NU1101: Unable to find package TorchSharp-cuda-linux. No packages exist");

        Assert.Contains($"libtorch with CUDA: the one of PyTorch in {wheel}.", result.Error);
        Assert.StartsWith("provider local", result.Output);
        Assert.Contains($">{wheel}</LIBTORCH>", Remembered);
        Assert.Equal(0, _lab.Count("apt-get"));
    }

    [Theory]
    [InlineData("--provider", "conda", "version")]
    [InlineData("test", "--provider", "conda")]
    [InlineData("setup", "--provider=conda")]
    public void Provider_that_does_not_exist_is_refused(params string[] arguments)
    {
        var result = _lab.Run(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains("--provider is 'conda': it must be local, nuget or auto.", result.Error);
    }
}
