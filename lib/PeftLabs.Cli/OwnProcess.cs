using System.Diagnostics;

namespace PeftLabs.Cli;

/// <summary>
/// Runs this program again as a process of its own: what is measured there begins with nothing loaded, and where it dies, this one lives.
/// </summary>
public static class OwnProcess
{
    private const int KilledBySignal9 = 128 + 9;

    /// <summary>How it ended: the exit code, all of standard output, and the last line of standard error.</summary>
    public sealed record Result(int Code, string Output, string LastError)
    {
        /// <summary>Why it failed, in a line; null where it did not.</summary>
        public string? Failure => Code switch
        {
            ExitCode.Done => null,
            KilledBySignal9 => "it was killed, which is how the system answers a process that wants more memory than there is",
            _ when LastError.StartsWith("error: ", StringComparison.Ordinal) => LastError["error: ".Length..],
            _ => $"it ended with code {Code}{(LastError.Length > 0 ? $": {LastError}" : "")}",
        };
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="error">Told each line of standard error.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Result> RunAsync(
        IReadOnlyList<string> arguments, string? input, Action<string> error, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OwnProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // As the lab script has it: threads that wait sleep, and leave the cores to those that work.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "PASSIVE");
        using var process = Process.Start(start)!;
        var last = "";
        process.ErrorDataReceived += (_, line) =>
        {
            if (string.IsNullOrWhiteSpace(line.Data))
                return;
            last = line.Data;
            error(line.Data);
        };
        process.BeginErrorReadLine();
        try
        {
            await WriteAsync(process, input);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new(process.ExitCode, output, last);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // A process that died at once reads nothing; how it ended says why.
    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
        }
    }
}
