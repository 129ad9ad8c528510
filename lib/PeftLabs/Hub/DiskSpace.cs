using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>The room on the disk of the cache.</summary>
internal static class DiskSpace
{
    // ENOSPC; EDQUOT of Linux and of macOS; disk full, handle disk full of Windows.
    private static readonly int[] s_full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Refuses a download for which there is no room.</summary>
    /// <exception cref="HubException">The disk has fewer free bytes.</exception>
    public static void Require(string folder, long bytes)
    {
        if (Free(folder) is { } free && free < bytes)
        {
            throw new HubException(HubFailure.DiskFull, $"{ByteSize.Format(bytes)} are to be downloaded to {folder}, but its disk has only "
                + $"{ByteSize.Format(free)} free. Make room, or set HF_HOME to a folder on a larger disk.");
        }
    }

    /// <summary>Whether a write failed because the disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception exception) => s_full.Contains(exception.HResult);

    // On Windows only drives with letters tell.
    private static long? Free(string folder)
    {
        var place = OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder;
        return place.StartsWith(@"\\", StringComparison.Ordinal) ? null : new DriveInfo(place).AvailableFreeSpace;
    }
}
