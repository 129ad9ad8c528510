using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using PeftLabs.Plotting;
using TorchSharp;

namespace PeftLabs.Cli.Doctor;

/// <summary>Collects what lab doctor reports.</summary>
public static class Examination
{
    /// <summary>Looks at this machine and measures it for about two seconds.</summary>
    public static async Task<DoctorReport> RunAsync(CancellationToken cancellation)
    {
        var gpus = Machine.AskAsync("nvidia-smi", ["-L"], cancellation);
        var node = Machine.AskAsync("node", ["--version"], cancellation);
        var sdks = Machine.AskAsync("dotnet", ["--list-sdks"], cancellation);
        await Task.WhenAll(gpus, node, sdks);
        var gflops = Speed.MatmulGflops(cancellation);
        // libtorch is loaded by now, and the BLAS with it.
        var libraries = Machine.NativeLibraries();
        return new()
        {
            Version = Installation.Version,
            Sdk = sdks.Result.LastOrDefault()?.Split(' ')[0],
            Runtime = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}",
            Provider = Installation.Provider,
            ProviderReason = Installation.ProviderReason(),
            Libtorch = torch.__version__,
            LibtorchPath = libraries.FirstOrDefault(path => Path.GetFileName(path).StartsWith("libtorch_cpu", StringComparison.Ordinal)),
            Blas = BlasLibrary.Among(libraries),
            MatmulGflops = Math.Round(gflops, 1),
            CopyGigabytesPerSecond = Math.Round(Speed.CopyGigabytesPerSecond(cancellation), 1),
            Threads = torch.get_num_threads(),
            Cores = Environment.ProcessorCount,
            Processor = Processor(),
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Gpus = [.. gpus.Result.Where(line => line.StartsWith("GPU ", StringComparison.Ordinal))],
            Cuda = torch.cuda.is_available(),
            Plotly = Plotly(),
            Chromium = FigureRenderer.Browser,
            Node = node.Result.FirstOrDefault(),
        };
    }

    private static string Processor()
    {
        const string field = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string? Plotly()
    {
        if (PlotlyLibrary.TryFind() is not { } file)
            return null;
        var package = Path.Combine(Path.GetDirectoryName(file)!, "package.json");
        var version = File.Exists(package) ? (string?)JsonNode.Parse(File.ReadAllText(package))?["version"] : null;
        return version is null ? file : $"{version} ({file})";
    }
}
