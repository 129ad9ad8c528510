using System.Diagnostics;

namespace PeftLabs.Tests.Training.Resume;

/// <summary>A <see cref="Trainee"/> that runs.</summary>
internal sealed class TraineeProcess : IDisposable
{
    private readonly Process _process;

    public TraineeProcess(params string[] arguments)
        : this([], arguments)
    {
    }

    /// <summary>Started through another program, which gets the trainee's command line as its last arguments.</summary>
    public TraineeProcess(string[] through, string[] arguments)
    {
        string[] line = [.. through, .. Program(), Trainee.Command, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // A life is short: code is compiled once, and one thread computes.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        _process = Process.Start(start)!;
    }

    /// <summary>Waits for a line of its output; false where it ended without.</summary>
    public bool WaitFor(string line)
    {
        while (_process.StandardOutput.ReadLine() is { } read)
            if (read == line)
                return true;
        return false;
    }

    /// <summary>Reads so many lines of its output, or as many as there are until it ends.</summary>
    public void Read(int lines)
    {
        while (lines-- > 0 && _process.StandardOutput.ReadLine() is not null)
        {
        }
    }

    /// <summary>SIGKILL, unless it has ended. True where it was killed; where it ended by itself, it must have ended well.</summary>
    public bool Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        if (_process.ExitCode == 128 + 9)
            return true;
        End();
        return false;
    }

    /// <summary>Waits for the end, which must be a good one, and gives what it said.</summary>
    public string End()
    {
        var output = _process.StandardOutput.ReadToEnd();
        var errors = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        Assert.True(_process.ExitCode == 0, $"exit code {_process.ExitCode}: {output} {errors}");
        return output;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    // This very program, started as it was.
    private static string[] Program()
    {
        var host = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, typeof(Trainee).Assembly.Location] : [host];
    }
}
