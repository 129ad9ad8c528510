namespace PeftLabs.Formats;

/// <summary>Where large temporary files go.</summary>
public static class ScratchFolder
{
    /// <summary>The folder that TMPDIR names, or else /var/tmp where there is one, since /tmp is often memory, or else the system's.</summary>
    public static string Path =>
        Environment.GetEnvironmentVariable("TMPDIR") is null or "" && OperatingSystem.IsLinux() && Directory.Exists("/var/tmp")
            ? "/var/tmp"
            : System.IO.Path.GetTempPath();
}
