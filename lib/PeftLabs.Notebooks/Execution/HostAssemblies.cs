using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// Finds what <c>#r</c> names. An assembly that the program itself is built with is the program's own, whatever path names it, so that its
/// types are the same in cells and outside; another is loaded into the program. A package is what is already built beside the program.
/// </summary>
internal sealed class HostAssemblies(string folder, InteractiveAssemblyLoader loader) : MetadataReferenceResolver
{
    private const string NugetPrefix = "nuget:";
    private static readonly Dictionary<string, string> _ofProgram = ProgramAssemblies();
    private readonly HashSet<string> _probed = [];

    /// <summary>References to the assemblies of .NET itself.</summary>
    public static ImmutableArray<MetadataReference> Framework { get; } = FrameworkReferences();

    /// <summary>Why a <c>#r</c> could not be followed, by what it named.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    public override bool ResolveMissingAssemblies => true;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        var path = reference.StartsWith(NugetPrefix, StringComparison.OrdinalIgnoreCase)
            ? OfPackage(reference)
            : OfPath(reference, Path.GetDirectoryName(baseFilePath) ?? folder);
        try
        {
            return path is null ? [] : [Load(path, properties)];
        }
        catch (BadImageFormatException)
        {
            Refusals[reference] = $"#r \"{reference}\": {path} is not a .NET assembly.";
            return [];
        }
    }

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity identity)
    {
        var beside = definition.Display is { } display ? Path.Combine(Path.GetDirectoryName(display) ?? "", identity.Name + ".dll") : "";
        var path = _ofProgram.GetValueOrDefault(identity.Name) ?? (File.Exists(beside) ? beside : null);
        return path is null ? null : Load(path, MetadataReferenceProperties.Assembly);
    }

    private string? OfPackage(string reference)
    {
        var id = reference[NugetPrefix.Length..].Split(',')[0].Trim();
        if (_ofProgram.TryGetValue(id, out var path)) return path;
        Refusals[reference] = $"#r \"{reference}\": packages are not downloaded here, and no {id}.dll lies beside the program "
            + $"({AppContext.BaseDirectory}). Add a PackageReference to a project that it is built from, or name a file with #r \"path\".";
        return null;
    }

    private string? OfPath(string reference, string from)
    {
        var name = Path.GetFileNameWithoutExtension(reference);
        if (_ofProgram.TryGetValue(name, out var own)) return own;
        var path = Path.GetFullPath(Path.Combine(from, reference));
        if (File.Exists(path)) return path;
        Refusals[reference] = $"#r \"{reference}\": there is no file {path}.";
        return null;
    }

    private PortableExecutableReference Load(string path, MetadataReferenceProperties properties)
    {
        if (_probed.Add(Path.GetDirectoryName(path)!)) AddProbing(Path.GetDirectoryName(path)!);
        var assembly = AssemblyLoadContext.Default.LoadFromAssemblyName(AssemblyName.GetAssemblyName(path));
        loader.RegisterDependency(assembly);
        return MetadataReference.CreateFromFile(assembly.Location, properties);
    }

    private static void AddProbing(string folder) => AssemblyLoadContext.Default.Resolving += (context, name) =>
    {
        var path = Path.Combine(folder, name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    };

    private static IEnumerable<string> TrustedAssemblies() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> ProgramAssemblies() =>
        TrustedAssemblies().GroupBy(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);

    private static ImmutableArray<MetadataReference> FrameworkReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return [.. TrustedAssemblies().Where(path => Path.GetDirectoryName(path) == framework)
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
