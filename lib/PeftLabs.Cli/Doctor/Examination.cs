using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using PeftLabs.Labs;
using PeftLabs.Plotting;
using TorchSharp;

namespace PeftLabs.Cli.Doctor;

/// <summary>Collects what lab doctor reports.</summary>
public static class Examination
{
    private static readonly string[] BlasFiles = ["libopenblas", "libmkl_", "libblis", "libatlas", "libcblas", "libblas.so"];

    /// <summary>Looks at this machine and measures it for a few seconds.</summary>
    public static async Task<DoctorReport> RunAsync(CancellationToken cancellation)
    {
        var node = Surroundings.AskAsync("node", ["--version"], cancellation);
        var sdks = Surroundings.AskAsync("dotnet", ["--list-sdks"], cancellation);
        await Task.WhenAll(node, sdks);
        cancellation.ThrowIfCancellationRequested();
        var load = Load();
        // Kept for predictions of seconds, too.
        var speed = MeasuredSpeed.Measure();
        // libtorch is loaded by now, and the BLAS with it.
        var libraries = Surroundings.NativeLibraries();
        cancellation.ThrowIfCancellationRequested();
        return new()
        {
            Version = Installation.Version,
            Sdk = sdks.Result.LastOrDefault()?.Split(' ')[0],
            Runtime = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}",
            Provider = Installation.Provider,
            ProviderReason = Installation.ProviderReason(),
            Libtorch = torch.__version__,
            LibtorchPath = libraries.FirstOrDefault(path => Path.GetFileName(path).StartsWith("libtorch_cpu", StringComparison.Ordinal)),
            Machine = MachineInfo.Current,
            BlasPath = BlasFile(libraries),
            MatmulGflops = Math.Round(speed.FlopsPerSecond / 1e9, 1),
            CopyGigabytesPerSecond = Math.Round(speed.BytesPerSecond / 1e9, 1),
            Threads = torch.get_num_threads(),
            Load = load,
            Cuda = torch.cuda.is_available(),
            Plotly = Plotly(),
            Chromium = FigureRenderer.Browser,
            Node = node.Result.FirstOrDefault(),
        };
    }

    private static string? BlasFile(IReadOnlyList<string> libraries) => libraries.FirstOrDefault(path =>
        BlasFiles.Any(part => Path.GetFileName(path).StartsWith(part, StringComparison.Ordinal)));

    private static double? Load() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    private static string? Plotly()
    {
        if (PlotlyLibrary.TryFind() is not { } file)
            return null;
        var package = Path.Combine(Path.GetDirectoryName(file)!, "package.json");
        var version = File.Exists(package) ? (string?)JsonNode.Parse(File.ReadAllText(package))?["version"] : null;
        return version is null ? file : $"{version} ({file})";
    }
}
