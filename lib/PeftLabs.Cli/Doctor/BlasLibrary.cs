namespace PeftLabs.Cli.Doctor;

/// <summary>A library of linear algebra, as found among a process's loaded files.</summary>
/// <param name="Name">OpenBLAS, MKL, BLIS, ATLAS, reference BLAS, or what libtorch has built in.</param>
/// <param name="Path">Its file; null where libtorch has it built in.</param>
public sealed record BlasLibrary(string Name, string? Path)
{
    /// <summary>Whether it is the plain Fortran one, some thirty times slower than the others.</summary>
    public bool IsReference => Name == "reference BLAS";

    /// <summary>Finds it among the paths of a process's native libraries.</summary>
    public static BlasLibrary Among(IReadOnlyList<string> libraries)
    {
        foreach (var (part, name) in new[] { ("openblas", "OpenBLAS"), ("mkl_", "MKL"), ("blis", "BLIS"), ("atlas", "ATLAS"), ("libblas.so", "reference BLAS") })
            if (libraries.FirstOrDefault(path => path.Contains(part, StringComparison.OrdinalIgnoreCase)) is { } found)
                return new(name, found);
        return new("built into libtorch", null);
    }
}
