using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PeftLabs.Hub;

/// <summary>The hash of a file on disk, as the hub names its content.</summary>
internal static class BlobHash
{
    /// <summary>
    /// In lower-case hexadecimal, by the kind of hash that <paramref name="expected"/> has: the SHA-256 of the content, or git's SHA-1
    /// of it as a blob, which is that of "blob ", its length, a zero byte and the content.
    /// </summary>
    public static Task<string> OfAsync(SafeFileHandle file, HubFile expected, CancellationToken cancellation) => Task.Run(() =>
    {
        var isGit = expected.Hash.Length == 40;
        using var hash = IncrementalHash.CreateHash(isGit ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        if (isGit)
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {RandomAccess.GetLength(file)}\0"));
        var buffer = new byte[1 << 20];
        for (var position = 0L; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer, position);
            if (read == 0)
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            hash.AppendData(buffer, 0, read);
            position += read;
        }
    }, cancellation);
}
