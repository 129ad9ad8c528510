namespace PeftLabs.Hub;

/// <summary>
/// An exclusive lock between processes: on Unix flock, which is what Python's filelock takes, so that huggingface_hub and this kit
/// wait for each other. The file stays when the lock is given back, as theirs does: removing it would let two hold it.
/// </summary>
internal static class FileLock
{
    // EAGAIN of Linux and of macOS, and sharing and lock violation of Windows.
    private static readonly int[] s_taken = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    /// <summary>Waits until the lock is free; disposing what comes back gives it back. <paramref name="waiting"/> is told once.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static async Task<IDisposable> AcquireAsync(string path, Action waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (s_taken.Contains(e.HResult))
            {
                if (!told)
                    waiting();
            }
            await Task.Delay(100, cancellation);
        }
    }
}
