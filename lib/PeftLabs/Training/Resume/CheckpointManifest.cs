using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>
/// The last file of a checkpoint: a line "sha256 bytes name" for every other file, and a line with the SHA-256 of the lines before
/// it. Any damage to any file shows.
/// </summary>
internal static class CheckpointManifest
{
    public const string FileName = "manifest.txt";
    private const string FirstLine = "training checkpoint 1";

    /// <summary>Describes the files that lie in a folder.</summary>
    public static void Write(string folder)
    {
        var text = new StringBuilder($"{FirstLine}\n");
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{Hash(file.FullName)} {file.Length} {file.Name}\n");
        AtomicFile.WriteText(Path.Combine(folder, FileName), $"{text}{HashOfText(text.ToString())}\n");
    }

    /// <summary>What is wrong with a checkpoint, each file with what was found and what is right; nothing where it is whole.</summary>
    /// <exception cref="TrainingCheckpointException">It is whole, and of a format that came later.</exception>
    public static IReadOnlyList<string> Damage(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return [$"{FileName} is missing"];
        var text = File.ReadAllText(path);
        var last = text.LastIndexOf('\n', Math.Max(0, text.Length - 2)) + 1;
        var (lines, hash) = (text[..last], text[last..]);
        if (hash != $"{HashOfText(lines)}\n")
            return [$"{FileName} is damaged: its last line is '{hash.Trim()}', and {HashOfText(lines)} is the hash of the lines above"];
        var entries = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (entries.FirstOrDefault() is var first && first != FirstLine)
            throw new TrainingCheckpointException(folder, $"its format is '{first}'; this version reads '{FirstLine}'.");
        return [.. entries.Skip(1).Select(line => FileDamage(folder, line.Split(' ', 3))).OfType<string>()];
    }

    private static string? FileDamage(string folder, string[] entry)
    {
        try
        {
            return Difference(folder, entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{entry[2]} cannot be read: {e.Message}"; // a bad sector, say
        }
    }

    private static string? Difference(string folder, string[] entry)
    {
        var (hash, bytes, name) = (entry[0], long.Parse(entry[1], CultureInfo.InvariantCulture), entry[2]);
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
            return $"{name} is missing; it had {bytes} bytes";
        if (file.Length != bytes)
            return $"{name} has {file.Length} bytes; {bytes} is right";
        var found = Hash(file.FullName);
        return found == hash ? null : $"{name} has the hash {found}; {hash} is right";
    }

    private static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string HashOfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
