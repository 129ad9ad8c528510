using System.Collections;
using System.Runtime.InteropServices;
using PeftLabs.Formats;

namespace PeftLabs.Training;

/// <summary>The ids of an example in a token cache.</summary>
internal sealed class StoredTokens(MappedFile file, long at, int count) : IReadOnlyList<int>
{
    public int Count => count;

    public int this[int index] => Stored(index) is var stored && stored < 0 ? ~stored : stored;

    /// <summary>As the cache holds a token: of one that is not learned the complement.</summary>
    public int Stored(int index) => (uint)index < (uint)count ? Little(Span(index, 1)[0])
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Token {index} where there are {count}.");

    /// <summary>As <see cref="TokenizedExample.CopyTo"/>.</summary>
    public void CopyTo(Span<long> ids, Span<long> labels)
    {
        var stored = Span(0, ids.Length);
        labels = labels[..ids.Length];
        for (var i = 0; i < stored.Length; i++)
        {
            var token = Little(stored[i]);
            ids[i] = token ^ token >> 31;
            labels[i] = token < 0 ? labels[i] : token;
        }
    }

    public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<int> Span(int first, int tokens) => MemoryMarshal.Cast<byte, int>(file.Span(at + first * 4L, checked(tokens * 4)));

    private static int Little(int stored) => BitConverter.IsLittleEndian ? stored : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(stored);
}
