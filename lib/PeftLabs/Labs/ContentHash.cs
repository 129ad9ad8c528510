using System.Security.Cryptography;

namespace PeftLabs.Labs;

/// <summary>SHA-256 of files and folders, by which a record says what exactly was read.</summary>
public static class ContentHash
{
    /// <summary>The hash, 64 hexadecimal digits: of a file its bytes; of a folder the lines "hash name" of the files right in it, in
    /// ordinal order of the names, hidden ones left out.</summary>
    /// <exception cref="FileNotFoundException">Nothing has this path.</exception>
    public static string Of(string path)
    {
        if (File.Exists(path))
            return OfFile(path);
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"'{path}' cannot be hashed: there is no such file or folder.", path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(path).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal))
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{OfFile(file)} {Path.GetFileName(file)}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string OfFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
