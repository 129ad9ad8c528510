using System.ComponentModel;
using System.Diagnostics;

namespace PeftLabs.Cli.Doctor;

/// <summary>Asks the operating system and its programs.</summary>
public static class Surroundings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The native libraries that this process has loaded, each path once; empty where the system has no /proc.</summary>
    public static IReadOnlyList<string> NativeLibraries() => File.Exists("/proc/self/maps")
        ? [.. File.ReadLines("/proc/self/maps").Where(line => line.Contains(".so", StringComparison.Ordinal) && line.Contains('/'))
            .Select(line => line[line.IndexOf('/')..]).Distinct()]
        : [];

    /// <summary>What a program writes, in lines; empty where it is missing, fails, or takes longer than ten seconds.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            var errors = process!.StandardError.ReadToEndAsync(limit.Token);
            var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process?.Kill(entireProcessTree: true);
            return [];
        }
        finally
        {
            process?.Dispose();
        }
    }
}
