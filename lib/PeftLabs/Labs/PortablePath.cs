using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PeftLabs.Labs;

/// <summary>Takes out of a record what names a user or their folders: a record is meant to be shown.</summary>
internal static partial class PortablePath
{
    private static string Working => Directory.GetCurrentDirectory();

    /// <summary>A path relative to the working folder where it lies in it, and otherwise with "~" for a home folder.</summary>
    internal static string Of(string path)
    {
        var relative = Path.GetRelativePath(".", path);
        // Everything lies in a working folder of "/".
        var outside = Working.Length == 1 || Path.IsPathRooted(relative) || relative.Split(Path.DirectorySeparatorChar)[0] == "..";
        return (outside ? WithoutHome(Path.GetFullPath(path)) : relative).Replace('\\', '/');
    }

    /// <summary>A path relative to the repository where it lies in it, so that a record is understood from any working folder; otherwise
    /// with "~" for a home folder.</summary>
    internal static string InRepository(string path)
    {
        var relative = Path.GetRelativePath(LabPaths.Root, Path.GetFullPath(path));
        var outside = Path.IsPathRooted(relative) || relative.Split(Path.DirectorySeparatorChar)[0] == "..";
        return outside ? WithoutHome(Path.GetFullPath(path)) : relative.Replace('\\', '/');
    }

    /// <summary>The path that a record wrote, on this machine: "~" is the home folder, and what is not in the working folder lies in the
    /// repository.</summary>
    internal static string Locate(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..].TrimStart('/'));
        return Path.IsPathRooted(path) || Path.Exists(path) ? path : Path.Combine(LabPaths.Root, path);
    }

    /// <summary>A copy of a JSON value in whose texts the working folder is "." and every home folder "~".</summary>
    internal static JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject pairs => new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, Of(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Of)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Text(text)),
        _ => node?.DeepClone(),
    };

    private static string Text(string text)
    {
        if (Path.IsPathRooted(text))
            return Of(text);
        return WithoutHome(Replace(text, Working, "."));
    }

    private static string WithoutHome(string text) =>
        AnyHome().Replace(Replace(text, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~"), "~");

    /// <summary>Replaces a folder wherever its path stands whole: neither "/data/root" nor "/rooted" holds "/root".</summary>
    private static string Replace(string text, string folder, string by) =>
        folder.Length <= 1 ? text : Regex.Replace(text, @$"(?<![\w.~-]){Regex.Escape(folder)}(?![\w.-])", by);

    [GeneratedRegex(@"(?<![\w.~-])(/home/|/Users/|[A-Za-z]:[\\/]Users[\\/])[^/\\\s""']+")]
    private static partial Regex AnyHome();
}
