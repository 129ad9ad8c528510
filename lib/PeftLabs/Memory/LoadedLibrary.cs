using System.Runtime.InteropServices;

namespace PeftLabs.Memory;

/// <summary>Finds functions of libc10 in the copy that this process has loaded: a machine may hold several.</summary>
internal static class LoadedLibrary
{
    // The shim of TorchSharp first: a symbol asked of a library is found in the libraries that it is itself bound to.
    private static readonly string[] Preferred = ["TorchSharp", "libtorch_cpu.so", "libtorch.so", "libc10.so"];

    /// <summary>The address of an exported function of the loaded libtorch.</summary>
    /// <exception cref="PlatformNotSupportedException">No loaded library has it.</exception>
    internal static nint Export(string symbol)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("The memory meter is built on the layout that libtorch has on Linux; "
                + $"on {RuntimeInformation.OSDescription} allocations cannot be followed yet.");
        var mapped = Mapped();
        foreach (var name in Preferred)
            foreach (var path in mapped.Where(path => Path.GetFileName(path).Contains(name, StringComparison.Ordinal)))
                if (NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, symbol, out var address))
                    return address;
        throw new PlatformNotSupportedException($"No library that this process has loaded exports {symbol}, through which libtorch "
            + "reports its memory: this libtorch is built with another C++ library, or it is not a version between 1.13 and 2.x.");
    }

    /// <summary>The native libraries in this process's memory map, each once. A line of the map is address, rights, offset, device,
    /// inode and path.</summary>
    internal static List<string> Mapped()
    {
        var paths = new List<string>();
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var start = line.IndexOf('/');
            if (start >= 0 && line.Contains(".so", StringComparison.Ordinal) && !paths.Contains(line[start..]))
                paths.Add(line[start..]);
        }
        return paths;
    }
}
