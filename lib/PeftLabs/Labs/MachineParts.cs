using System.Diagnostics;

namespace PeftLabs.Labs;

/// <summary>The names of processors, from where each system keeps them.</summary>
internal static class MachineParts
{
    private const string GpuFolder = "/proc/driver/nvidia/gpus";

    internal static string? Processor()
    {
        if (OperatingSystem.IsLinux())
            return Field("/proc/cpuinfo", "model name") ?? Field("/proc/cpuinfo", "Model");
        return OperatingSystem.IsWindows()
            ? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            : Output("sysctl", "-n", "machdep.cpu.brand_string");
    }

    internal static List<string> Gpus()
    {
        if (Output("nvidia-smi", "--query-gpu=name", "--format=csv,noheader") is { } names)
            return [.. names.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        // Without the tool, the driver's own list.
        if (!Directory.Exists(GpuFolder))
            return [];
        return [.. Directory.EnumerateDirectories(GpuFolder).Order(StringComparer.Ordinal)
            .Select(folder => Field(Path.Combine(folder, "information"), "Model")).OfType<string>()];
    }

    /// <summary>What a program prints, or null where it is not installed, fails, or takes more than five seconds.</summary>
    internal static string? Output(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(5000) && output.Wait(5000))
                return process.ExitCode == 0 ? output.Result.Trim() : null;
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The value of the first line "name : value" of a file.</summary>
    private static string? Field(string path, string name) => !File.Exists(path) ? null : File.ReadLines(path)
        .Select(line => line.Split(':', 2))
        .Where(parts => parts.Length == 2 && parts[0].Trim() == name)
        .Select(parts => parts[1].Trim()).FirstOrDefault();
}
