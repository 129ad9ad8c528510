using System.Runtime.InteropServices;
using PeftLabs.Memory;
using TorchSharp;

namespace PeftLabs.Labs;

/// <summary>Recognises the BLAS of the loaded libtorch, by the file names of this process's libraries: Debian puts each library's
/// libblas.so.3 into a folder of its name.</summary>
internal static class BlasLibrary
{
    private static readonly (string Mark, string Name)[] Marks =
        [("openblas", "OpenBLAS"), ("mkl_", "MKL"), ("blis", "BLIS"), ("atlas", "ATLAS"), ("libblas.so", "reference")];

    /// <summary>The library's name, or null where none is recognised.</summary>
    internal static string? Find()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // A product loads what is loaded late.
        using (var one = torch.ones(1, 1))
            one.mm(one).Dispose();
        var libraries = LoadedLibrary.Mapped();
        return Named(libraries) ?? (libraries.Any(IsBuiltWithMkl) ? "MKL" : null);
    }

    /// <summary>The BLAS among libraries of these paths.</summary>
    internal static string? Named(IEnumerable<string> libraries)
    {
        // Only the folder and the file say what it is: a home folder may be called anything.
        var ends = libraries.Select(path => string.Join('/', path.Split('/')[^2..])).ToList();
        return Marks.Where(mark => ends.Any(end => end.Contains(mark.Mark, StringComparison.Ordinal)))
            .Select(mark => mark.Name).FirstOrDefault();
    }

    // PyTorch's own builds carry MKL inside libtorch_cpu.
    private static bool IsBuiltWithMkl(string path) => path.Contains("libtorch_cpu", StringComparison.Ordinal)
        && NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, "MKL_Get_Max_Threads", out _);
}
