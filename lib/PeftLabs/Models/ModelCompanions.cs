using PeftLabs.Formats;

namespace PeftLabs.Models;

/// <summary>The files beside a model's weights (<see cref="CompanionFiles"/>), for a folder that is made from another.</summary>
internal static class ModelCompanions
{
    /// <summary>Copies what there is of them, except files that the target has already.</summary>
    public static void Copy(string source, string target)
    {
        foreach (var name in CompanionFiles.Names)
        {
            var (from, to) = (Path.Combine(source, name), Path.Combine(target, name));
            if (File.Exists(from) && !File.Exists(to))
                File.Copy(from, to);
        }
    }
}
