using System.Diagnostics;
using PeftLabs.Hub;

namespace PeftLabs.Tests.Hub;

/// <summary>lab pull as a process of its own, whose environment says nothing of the hub but what options say. For Linux: it reads /proc.</summary>
internal sealed class LabProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public LabProcess(HubOptions options, params string[] arguments) : this(options, [], arguments)
    {
    }

    /// <summary>Started through another program, which gets the command line as its last arguments.</summary>
    public LabProcess(HubOptions options, string[] through, string[] arguments)
    {
        string[] line = [.. through, "dotnet", Path.Combine(AppContext.BaseDirectory, "lab.dll"), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(IsOfHub).ToList())
            start.Environment.Remove(name);
        // No proxy stands between the process and the tests' server.
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "127.0.0.1";
        start.Environment["HF_ENDPOINT"] = options.Endpoint.AbsoluteUri;
        start.Environment["HF_HOME"] = Path.GetDirectoryName(options.CacheFolder);
        start.Environment["HF_TOKEN"] = HubServer.Token;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public void Interrupt()
    {
        // A shell that starts a job in the background lets it ignore SIGINT, and so do the job's children.
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var isIgnored = (Convert.ToUInt64(ignored[7..].Trim(), 16) & 2) != 0;
        using var kill = Process.Start("kill", [isIgnored ? "-TERM" : "-INT", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public (int Code, string Output, string Error) End()
    {
        _process.WaitForExit();
        return (_process.ExitCode, _output.Result, _error.Result.TrimEnd());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private static bool IsOfHub(string variable) =>
        Array.Exists(["HF_", "HUGGING", "TRANSFORMERS_"], start => variable.StartsWith(start, StringComparison.Ordinal));
}
