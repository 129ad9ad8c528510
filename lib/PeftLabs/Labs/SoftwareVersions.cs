using System.Reflection;
using TorchSharp;

namespace PeftLabs.Labs;

/// <summary>The software behind a figure.</summary>
/// <param name="Kit">The version of PeftLabs.</param>
/// <param name="Commit">The commit of the working copy that it was built in, or null outside one.</param>
/// <param name="Modified">Whether that working copy differed from the commit; null where there is no commit.</param>
/// <param name="DotNet">The .NET runtime, such as "10.0.1".</param>
/// <param name="Torch">The libtorch, as it names itself.</param>
public sealed record SoftwareVersions(string Kit, string? Commit, bool? Modified, string DotNet, string Torch)
{
    private static readonly Lazy<SoftwareVersions> Found = new(Find);

    /// <summary>What this process runs on.</summary>
    public static SoftwareVersions Current => Found.Value;

    private static SoftwareVersions Find()
    {
        var kit = typeof(SoftwareVersions).Assembly;
        // The build appends "+commit".
        var version = kit.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var (commit, modified) = WorkingCopy(Path.GetDirectoryName(kit.Location));
        return new(version, commit, modified, Environment.Version.ToString(), torch.__version__);
    }

    /// <summary>The commit of the kit's working copy above a folder; some other repository around an installed kit does not
    /// count.</summary>
    private static (string? Commit, bool? Modified) WorkingCopy(string? folder)
    {
        while (!string.IsNullOrEmpty(folder) && !File.Exists(Path.Combine(folder, "PeftLabs.sln")))
            folder = Path.GetDirectoryName(folder);
        if (string.IsNullOrEmpty(folder) || !Path.Exists(Path.Combine(folder, ".git")))
            return (null, null);
        var commit = MachineParts.Output("git", "-C", folder, "rev-parse", "HEAD");
        var changes = commit is null ? null : MachineParts.Output("git", "-C", folder, "status", "--porcelain");
        return (commit, changes is null ? null : changes.Length > 0);
    }
}
