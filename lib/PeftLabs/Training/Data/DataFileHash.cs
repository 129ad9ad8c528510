using System.Security.Cryptography;
using System.Text;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>
/// SHA-256 of a data file's content. Where the file is as it was when it was hashed before (<see cref="FileStamp"/>), it is not read again.
/// </summary>
internal sealed class DataFileHash
{
    private const int Chunk = 1 << 20;

    private readonly string _memory;
    private readonly FileStamp? _new;

    /// <summary>Recalls the hash, or reads the file.</summary>
    /// <param name="path">The data file.</param>
    /// <param name="folder">The folder of the token caches, in which hashes are remembered.</param>
    /// <param name="time">The time now.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public DataFileHash(string path, string folder, DateTimeOffset? time = null)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))));
        _memory = Path.Combine(folder, "hashes", name[..32]);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        var (now, before) = (time ?? DateTimeOffset.UtcNow, FileStamp.Of(file));
        if (before is not null && Recalled(before) is { } recalled)
        {
            Sha256 = recalled;
            return;
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[Chunk];
        for (long at = 0, read; (read = RandomAccess.Read(file, chunk, at)) > 0; at += read)
            hash.AppendData(chunk, 0, (int)read);
        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        _new = before is not null && before.IsSettled(now) && FileStamp.Of(file) == before ? before : null;
    }

    /// <summary>In hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Keeps it for the next time, if it was not remembered.</summary>
    public void Remember()
    {
        if (_new is null)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_memory)!);
            using var file = new AtomicFile(_memory, Encoding.UTF8.GetBytes(Line(_new)));
            file.Commit(durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In a folder that cannot be written the caches that are there still serve; the file is hashed each time.
        }
    }

    private string? Recalled(FileStamp stamp)
    {
        if (!File.Exists(_memory))
            return null;
        var text = File.ReadAllText(_memory);
        var hash = text.Split('\n')[0];
        return text == Line(stamp, hash) ? hash : null;
    }

    private string Line(FileStamp stamp) => Line(stamp, Sha256);

    // The last line tells that the others are as they were written.
    private static string Line(FileStamp stamp, string hash) =>
        $"{hash}\n{stamp.Text}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{hash}\n{stamp.Text}\n")))}\n";
}
