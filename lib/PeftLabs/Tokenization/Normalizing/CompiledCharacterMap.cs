using System.Buffers.Binary;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// SentencePiece's compiled normalization: strings and what becomes of them. The bytes are the size of a double array (little-endian
/// uint32), the array itself as Darts-clone lays it out, and the replacements, each ended by a zero byte, to which its values point.
/// </summary>
internal sealed class CompiledCharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <exception cref="FormatException">The bytes are no such map; the message says why.</exception>
    public CompiledCharacterMap(ReadOnlySpan<byte> map)
    {
        var size = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : 0;
        if (size == 0 || size % 4 != 0 || size > map.Length - 4)
            throw new FormatException($"a character map of {map.Length} bytes that says its array has {size}");
        _units = new uint[size / 4];
        for (var i = 0; i < _units.Length; i++)
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + 4 * i)..]);
        _replacements = map[(4 + (int)size)..].ToArray();
    }

    /// <summary>The rule for the longest string that a text begins with: what it becomes, null where there is none, and its UTF-16 units.</summary>
    public (string? Replacement, int Length) Longest(ReadOnlySpan<char> text) => Find(text, first: false);

    /// <summary>The rule for the shortest one.</summary>
    public (string? Replacement, int Length) Shortest(ReadOnlySpan<char> text) => Find(text, first: true);

    private (string? Replacement, int Length) Find(ReadOnlySpan<char> text, bool first)
    {
        Span<byte> bytes = stackalloc byte[4];
        var (found, length, at) = (-1, 0, 0);
        var node = Offset(_units[0]);
        foreach (var rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            // Rules are for whole characters: a value inside of one is none.
            var value = -1;
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
                if (!Step(ref node, b, out value))
                    return (found < 0 ? null : Replacement(found), length);
            if (value >= 0)
                (found, length) = (value, at);
            if (first && found >= 0)
                break;
        }
        return (found < 0 ? null : Replacement(found), length);
    }

    /// <summary>One byte further. A unit holds the byte that leads to it, whether a string ends there, and whence its children are reached.</summary>
    private bool Step(ref uint node, byte label, out int value)
    {
        node ^= label;
        value = -1;
        if (node >= _units.Length || (_units[node] & 0x800000FF) != label)
            return false;
        var endsHere = (_units[node] >> 8 & 1) == 1;
        node ^= Offset(_units[node]);
        if (endsHere && node < _units.Length)
            value = (int)(_units[node] & 0x7FFFFFFF);
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);

    private string Replacement(int start)
    {
        var rest = start < _replacements.Length ? _replacements.AsSpan(start) : [];
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
