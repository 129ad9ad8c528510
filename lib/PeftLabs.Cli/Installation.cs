using System.Reflection;
using System.Xml.Linq;

namespace PeftLabs.Cli;

/// <summary>Where the kit lies on this machine and how it was built.</summary>
public static class Installation
{
    /// <summary>The repository's root: the nearest folder above the program that holds PeftLabs.sln; null where there is none.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The kit's version.</summary>
    public static string Version { get; } =
        typeof(Installation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The package provider this program was built with: local or nuget.</summary>
    public static string Provider { get; } = typeof(Installation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "PackageProvider").Value!;

    /// <summary>Why ./lab chose the provider; null where somebody else built the kit, or chose otherwise since.</summary>
    public static string? ProviderReason()
    {
        var file = Root is null ? null : Path.Combine(Root, "artifacts", "PackageProvider.props");
        if (!File.Exists(file))
            return null;
        var properties = XDocument.Load(file).Root!.Elements("PropertyGroup").Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
        return properties.GetValueOrDefault("PackageProvider") == Provider ? properties.GetValueOrDefault("PackageProviderReason") : null;
    }

    private static string? FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PeftLabs.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
