using System.Buffers.Binary;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using PeftLabs.Formats;
using PeftLabs.Quantization.Cpu;

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
    [MethodImpl(Hot.Loop)]
    public void CopyTo(Span<long> ids, Span<long> labels)
    {
        var stored = Span(0, ids.Length);
        labels = labels[..ids.Length];
        var i = 0;
        if (BitConverter.IsLittleEndian)
            for (; i <= ids.Length - Vector128<int>.Count; i += Vector128<int>.Count)
            {
                var some = Vector128.Create(stored[i..]);
                var unlearned = Long(some >> 31);
                var tokens = Long(some) ^ unlearned;
                tokens.CopyTo(ids[i..]);
                Vector256.ConditionalSelect(unlearned, Vector256.Create<long>(labels[i..]), tokens).CopyTo(labels[i..]);
            }
        for (; i < ids.Length; i++)
        {
            ids[i] = this[i];
            labels[i] = Stored(i) < 0 ? labels[i] : ids[i];
        }
    }

    public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<int> Span(int first, int tokens) => MemoryMarshal.Cast<byte, int>(file.Span(at + first * 4L, checked(tokens * 4)));

    private static Vector256<long> Long(Vector128<int> some) => Vector256.Create(Vector128.WidenLower(some), Vector128.WidenUpper(some));

    private static int Little(int stored) => BitConverter.IsLittleEndian ? stored : BinaryPrimitives.ReverseEndianness(stored);
}
