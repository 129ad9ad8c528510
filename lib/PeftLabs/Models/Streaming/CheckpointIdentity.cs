using System.Security.Cryptography;
using System.Text;
using PeftLabs.Formats;

namespace PeftLabs.Models.Streaming;

/// <summary>
/// Tells checkpoints apart without reading them whole, which for large ones takes longer than encoding a small one: by the length and the
/// time of each file, and a hash of a page at each of 64 places, its header first. A copy of other times counts as another checkpoint.
/// </summary>
internal static class CheckpointIdentity
{
    private const int Places = 64, PageBytes = 4096;

    /// <summary>A line that says which checkpoint it is.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Of(Checkpoint checkpoint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in checkpoint.Files)
        {
            // Behind a link, as in the hub's cache, lies the file that counts.
            var file = (FileInfo)(File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path));
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(path)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n"));
            AppendSamples(hash, file);
        }
        return $"checkpoint {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private static void AppendSamples(IncrementalHash hash, FileInfo file)
    {
        using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var page = new byte[PageBytes];
        for (var place = 0; place < Places; place++)
        {
            var at = (long)((Int128)file.Length * place / Places);
            hash.AppendData(page.AsSpan(0, RandomAccess.Read(handle, page, at)));
        }
    }
}
