using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PeftLabs.Formats;

/// <summary>
/// By what a file is known to be unchanged without reading it: device and inode, size, and the times of the last change of content and of
/// inode, which no program can set back. Only Linux tells all of them.
/// </summary>
/// <param name="Text">All of it on one line; of two stamps that are equal the contents are.</param>
/// <param name="Changed">The later of the two times.</param>
internal sealed partial record FileStamp(string Text, DateTimeOffset Changed)
{
    private const int EmptyPath = 0x1000, BasicStats = 0x7ff; // AT_EMPTY_PATH, STATX_BASIC_STATS

    // Coarser than any clock of a file system that is a disk's: FAT's counts in two seconds.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>The stamp of an open file; null where the system does not tell it.</summary>
    public static FileStamp? Of(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux() || Statx(file, "", EmptyPath, BasicStats, out var status) != 0 || (status.Mask & BasicStats) != BasicStats)
            return null;
        var changed = DateTimeOffset.FromUnixTimeSeconds(Math.Max(status.Changed.Seconds, status.Modified.Seconds));
        return new($"{status.DeviceMajor}:{status.DeviceMinor}:{status.Inode} {status.Size} {status.Modified} {status.Changed}", changed);
    }

    /// <summary>
    /// Whether the file's last change was long enough before that one that came after it would have another time. Before that the stamp
    /// does not say that the content is the same.
    /// </summary>
    public bool IsSettled(DateTimeOffset now) => now - Changed > Settling;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, out Status status);

    // struct statx of linux/stat.h, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(0)]
        public uint Mask;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public Time Changed;

        [FieldOffset(112)]
        public Time Modified;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Time
    {
        public long Seconds;
        public uint Nanoseconds;

        public override readonly string ToString() => FormattableString.Invariant($"{Seconds}.{Nanoseconds:000000000}");
    }
}
