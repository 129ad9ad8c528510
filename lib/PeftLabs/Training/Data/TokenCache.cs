using System.Buffers.Binary;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>A token cache, mapped into memory (<see cref="TokenCacheFormat"/>).</summary>
internal sealed class TokenCache : IDisposable
{
    private const int Chunk = 1 << 20;

    private readonly MappedFile _file;
    private readonly long _offsetsAt;

    private TokenCache(string path, MappedFile file)
    {
        (Path, _file) = (path, file);
        Count = (int)Long(16);
        Tokens = Long(24);
        _offsetsAt = TokenCacheFormat.OffsetsAt(Tokens);
    }

    public string Path { get; }

    public int Count { get; }

    public long Tokens { get; }

    public TokenizedExample this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(index), index, $"Example {index} where there are {Count}.");
            var (start, end) = (Long(_offsetsAt + index * 8L), Long(_offsetsAt + (index + 1) * 8L));
            var tokens = new StoredTokens(_file, TokenCacheFormat.HeaderBytes + start * 4, (int)(end - start));
            return new(tokens) { Learned = new StoredMask(tokens) };
        }
    }

    /// <summary>The cache of a key; null where there is none, or it is not whole.</summary>
    public static TokenCache? TryOpen(string path, string key)
    {
        if (!File.Exists(path))
            return null;
        var file = new MappedFile(path);
        TokenCache? cache = null;
        try
        {
            return cache = IsWhole(file, key) ? new(path, file) : null;
        }
        finally
        {
            if (cache is null)
                file.Dispose();
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsWhole(MappedFile file, string key)
    {
        if (file.Length < TokenCacheFormat.HeaderBytes)
            return false;
        // Copied from the file, not seen through the map: so the system reads ahead, and none of it counts as resident.
        var chunk = new byte[Chunk];
        var first = chunk.AsSpan(0, (int)Math.Min(Chunk, file.Length));
        file.Read(0, first);
        var header = first[..TokenCacheFormat.HeaderBytes].ToArray();
        if (!IsHeader(header, key, file.Length))
            return false;
        var sum = new TokenCacheSum();
        sum.Append(first[TokenCacheFormat.HeaderBytes..]);
        for (long at = Chunk; at < file.Length; at += Chunk)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(Chunk, file.Length - at));
            file.Read(at, part);
            sum.Append(part);
        }
        sum.Append(header.AsSpan(0, TokenCacheFormat.SumAt));
        return header.AsSpan(TokenCacheFormat.SumAt, TokenCacheSum.Bytes).SequenceEqual(sum.Value());
    }

    private static bool IsHeader(ReadOnlySpan<byte> header, string key, long bytes)
    {
        var (examples, tokens) = (BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
        return header.StartsWith(TokenCacheFormat.Magic) && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == TokenCacheFormat.Version
            && header.Slice(TokenCacheFormat.KeyAt, 32).SequenceEqual(Convert.FromHexString(key))
            && examples is >= 1 and < int.MaxValue && tokens is >= 1 and <= 1L << 56 && bytes == TokenCacheFormat.FileBytes(examples, tokens);
    }

    private long Long(long at) => BinaryPrimitives.ReadInt64LittleEndian(_file.Span(at, 8));
}
