using System.Buffers.Binary;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>Writes a token cache example by example; it appears whole, when it is committed.</summary>
internal sealed class TokenCacheWriter : IDisposable
{
    private readonly string _key;
    private readonly AtomicFile _file;
    private readonly TokenCacheSum _sum = new();
    private readonly List<long> _starts = [0];
    private readonly byte[] _buffer = new byte[1 << 18];
    private long _written = TokenCacheFormat.HeaderBytes;
    private int _buffered;

    public TokenCacheWriter(string path, string key)
    {
        _key = key;
        _file = new(path, new byte[TokenCacheFormat.HeaderBytes]);
    }

    public int Count => _starts.Count - 1;

    public long Tokens => _starts[^1];

    public void Add(TokenizedExample example)
    {
        for (var i = 0; i < example.Ids.Count; i++)
            Put(example.IsLearned(i) ? example.Ids[i] : ~example.Ids[i]);
        if (_starts.Count == int.MaxValue)
            throw new InvalidOperationException($"There are more than {int.MaxValue - 1} examples; split the file.");
        _starts.Add(Tokens + example.Ids.Count);
    }

    public void Commit()
    {
        if (Tokens % 2 == 1)
            Put(0);
        foreach (var start in _starts)
        {
            Put((int)start);
            Put((int)(start >> 32));
        }
        Flush();
        var header = new byte[TokenCacheFormat.HeaderBytes];
        TokenCacheFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), TokenCacheFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), Count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Tokens);
        Convert.FromHexString(_key).CopyTo(header, TokenCacheFormat.KeyAt);
        _sum.Append(header.AsSpan(0, TokenCacheFormat.SumAt));
        _sum.Value().CopyTo(header, TokenCacheFormat.SumAt);
        RandomAccess.Write(_file.Handle, header, 0);
        _file.Commit();
    }

    public void Dispose() => _file.Dispose();

    private void Put(int value)
    {
        if (_buffered == _buffer.Length)
            Flush();
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_buffered), value);
        _buffered += 4;
    }

    private void Flush()
    {
        var bytes = _buffer.AsSpan(0, _buffered);
        _sum.Append(bytes);
        RandomAccess.Write(_file.Handle, bytes, _written);
        _written += _buffered;
        _buffered = 0;
    }
}
