namespace PeftLabs.Tests;

/// <summary>The golden fixtures that lie beside the repository, in ../shared.</summary>
public static class Shared
{
    /// <summary>The repository's root: the nearest folder above the test program that holds PeftLabs.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below ../shared/fixtures; the test is skipped where the fixtures are not there.</summary>
    public static string Fixture(params string[] parts) => Existing("fixtures", parts);

    /// <summary>A path below ../shared/reference; the test is skipped where it is not there.</summary>
    public static string Reference(params string[] parts) => Existing("reference", parts);

    private static string Existing(string folder, string[] parts)
    {
        var path = Path.Combine([Root, "..", "shared", folder, .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"no {folder}/{string.Join('/', parts)} beside the repository");
        return Path.GetFullPath(path);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PeftLabs.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("PeftLabs.sln is in no folder above the test program.");
    }
}
