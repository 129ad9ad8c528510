using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>The keys and values of one layer for one sequence, in blocks that come as the sequence grows.</summary>
public sealed class LayerCache : IDisposable
{
    private readonly (int Heads, int Size, KeyValueFormat Format, Device Device) _shape;
    private readonly List<(KeyValueRows Keys, KeyValueRows Values)> _blocks = [];

    internal LayerCache(int heads, int size, KeyValueFormat format, Device device) => _shape = (heads, size, format, device);

    /// <summary>Positions held.</summary>
    public long Length { get; private set; }

    /// <summary>The blocks, each of <see cref="KeyValueRows.Tokens"/> positions; the last one may be filled in part.</summary>
    internal IReadOnlyList<(KeyValueRows Keys, KeyValueRows Values)> Blocks => _blocks;

    /// <summary>Appends keys and values <c>[keyValueHeads, tokens, d]</c>.</summary>
    public void Append(Tensor keys, Tensor values)
    {
        for (var done = 0L; done < keys.shape[1];)
        {
            var (block, token) = Next();
            var count = Math.Min(KeyValueRows.Tokens - token, keys.shape[1] - done);
            using Tensor k = keys.narrow(1, done, count), v = values.narrow(1, done, count);
            block.Keys.Write(token, k);
            block.Values.Write(token, v);
            (Length, done) = (Length + count, done + count);
        }
    }

    /// <summary>
    /// The keys and values held, in float32, <c>[1, keyValueHeads, length, d]</c> each; the caller owns them, and must not change them.
    /// </summary>
    public (Tensor Keys, Tensor Values) Read() => (Read(b => b.Keys), Read(b => b.Values));

    /// <inheritdoc/>
    public void Dispose() => Truncate(0);

    /// <summary>Appends one position: a row of <c>d</c> numbers for each head, of keys and of values.</summary>
    internal unsafe void Append(float* keys, float* values)
    {
        var (block, token) = Next();
        for (var head = 0; head < _shape.Heads; head++)
        {
            block.Keys.Write(head, token, keys + head * _shape.Size);
            block.Values.Write(head, token, values + head * _shape.Size);
        }
        Length++;
    }

    /// <summary>Forgets all positions from one on.</summary>
    internal void Truncate(long length)
    {
        Length = Math.Min(Length, length);
        var blocks = (int)((Length + KeyValueRows.Tokens - 1) / KeyValueRows.Tokens);
        foreach (var (keys, values) in _blocks[blocks..])
        {
            keys.Dispose();
            values.Dispose();
        }
        _blocks.RemoveRange(blocks, _blocks.Count - blocks);
    }

    // The block of the next position, and the position's place in it.
    private ((KeyValueRows Keys, KeyValueRows Values) Block, int Token) Next()
    {
        if (Length == (long)_blocks.Count * KeyValueRows.Tokens)
            _blocks.Add((New(), New()));
        return (_blocks[^1], (int)(Length % KeyValueRows.Tokens));
    }

    private KeyValueRows New() => KeyValueRows.Create(_shape.Format, _shape.Heads, _shape.Size, _shape.Device);

    private Tensor Read(Func<(KeyValueRows Keys, KeyValueRows Values), KeyValueRows> of)
    {
        using var scope = NewDisposeScope();
        var parts = _blocks.Select((b, i) => of(b).Read((int)Math.Min(KeyValueRows.Tokens, Length - (long)i * KeyValueRows.Tokens))).ToArray();
        return (parts.Length == 1 ? parts[0] : cat(parts, 1)).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
