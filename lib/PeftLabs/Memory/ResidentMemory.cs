using System.Diagnostics;
using System.Globalization;

namespace PeftLabs.Memory;

/// <summary>Resident bytes of this process, as the operating system counts them: all that libtorch does not report is in it too.</summary>
public static class ResidentMemory
{
    /// <summary>Resident bytes now (on Linux VmRSS, elsewhere the working set).</summary>
    public static long CurrentBytes => Status("VmRSS") ?? Environment.WorkingSet;

    /// <summary>The most resident bytes since the process began or <see cref="ResetPeak"/> (on Linux VmHWM).</summary>
    public static long PeakBytes => Status("VmHWM") ?? PeakWorkingSet();

    /// <summary>The part of <see cref="CurrentBytes"/> that no file backs, or null where the system does not say (outside Linux).</summary>
    public static long? AnonymousBytes => Status("RssAnon");

    /// <summary>The part of <see cref="CurrentBytes"/> that are pages of mapped files, or null where the system does not say.</summary>
    public static long? FileBytes => Status("RssFile");

    /// <summary>Lets <see cref="PeakBytes"/> begin anew from <see cref="CurrentBytes"/>.</summary>
    /// <returns>Whether the system did so: Linux does where /proc is writable, others cannot.</returns>
    public static bool ResetPeak()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var file = new FileStream("/proc/self/clear_refs", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write("5"u8);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long PeakWorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>A line of /proc/self/status in bytes: it reads "VmRSS:     1234 kB", and its kB are 1024 bytes.</summary>
    private static long? Status(string name)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        foreach (var line in File.ReadLines("/proc/self/status"))
            if (line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] == ':')
                return 1024 * long.Parse(line[(name.Length + 1)..].Replace("kB", ""), CultureInfo.InvariantCulture);
        return null;
    }
}
