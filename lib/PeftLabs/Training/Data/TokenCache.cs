using System.Buffers.Binary;
using System.Collections;
using System.Security.Cryptography;
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
        if (IsWhole(file, key))
            return new(path, file);
        file.Dispose();
        return null;
    }

    public void Dispose() => _file.Dispose();

    private static bool IsWhole(MappedFile file, string key)
    {
        if (file.Length < TokenCacheFormat.HeaderBytes)
            return false;
        var header = file.Span(0, TokenCacheFormat.HeaderBytes);
        var (examples, tokens) = (BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
        if (!header.StartsWith(TokenCacheFormat.Magic) || BinaryPrimitives.ReadInt32LittleEndian(header[8..]) != TokenCacheFormat.Version
            || !header.Slice(TokenCacheFormat.KeyAt, 32).SequenceEqual(Convert.FromHexString(key))
            || examples is < 1 or >= int.MaxValue || tokens is < 1 or > 1L << 56 || file.Length != TokenCacheFormat.FileBytes(examples, tokens))
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = TokenCacheFormat.HeaderBytes; at < file.Length; at += Chunk)
            hash.AppendData(file.Span(at, (int)Math.Min(Chunk, file.Length - at)));
        hash.AppendData(header[..TokenCacheFormat.HashAt]);
        return header.Slice(TokenCacheFormat.HashAt, 32).SequenceEqual(hash.GetHashAndReset());
    }

    private long Long(long at) => BinaryPrimitives.ReadInt64LittleEndian(_file.Span(at, 8));

    /// <summary>The ids of an example.</summary>
    private sealed class StoredTokens(MappedFile file, long at, int count) : IReadOnlyList<int>
    {
        public int Count => count;

        public int this[int index] => Stored(index) is var stored && stored < 0 ? ~stored : stored;

        public int Stored(int index)
        {
            if ((uint)index >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(index), index, $"Token {index} where there are {count}.");
            return BinaryPrimitives.ReadInt32LittleEndian(file.Span(at + index * 4L, 4));
        }

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, count).Select(i => this[i]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class StoredMask(StoredTokens tokens) : IReadOnlyList<bool>
    {
        public int Count => tokens.Count;

        public bool this[int index] => tokens.Stored(index) >= 0;

        public IEnumerator<bool> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
