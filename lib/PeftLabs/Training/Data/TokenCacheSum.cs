using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Training;

/// <summary>
/// The checksum of a token cache, which tells damage (not forgery): eight CRC-32C, of which each takes every eighth word of 8 bytes,
/// begun at all ones and not inverted in the end. A processor computes them faster than a disk reads.
/// </summary>
internal sealed class TokenCacheSum
{
    public const int Bytes = Lanes * sizeof(uint);

    private const int Lanes = 8;

    private readonly uint[] _lanes = [.. Enumerable.Repeat(uint.MaxValue, Lanes)];

    /// <summary>Takes whole words more, of which the first is the first lane's.</summary>
    [MethodImpl(Hot.Loop)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        // In locals, which stay in registers; and apart, so that no lane waits for another.
        var (a, b, c, d) = (_lanes[0], _lanes[1], _lanes[2], _lanes[3]);
        var (e, f, g, h) = (_lanes[4], _lanes[5], _lanes[6], _lanes[7]);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (; words.Length >= Lanes; words = words[Lanes..])
        {
            (a, b, c, d) = (Next(a, words[0]), Next(b, words[1]), Next(c, words[2]), Next(d, words[3]));
            (e, f, g, h) = (Next(e, words[4]), Next(f, words[5]), Next(g, words[6]), Next(h, words[7]));
        }
        (_lanes[0], _lanes[1], _lanes[2], _lanes[3]) = (a, b, c, d);
        (_lanes[4], _lanes[5], _lanes[6], _lanes[7]) = (e, f, g, h);
        for (var lane = 0; lane < words.Length; lane++)
            _lanes[lane] = Next(_lanes[lane], words[lane]);
    }

    /// <summary>The lanes, little-endian.</summary>
    public byte[] Value()
    {
        var value = new byte[Bytes];
        for (var lane = 0; lane < Lanes; lane++)
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(lane * sizeof(uint)), _lanes[lane]);
        return value;
    }

    private static uint Next(uint lane, ulong word) =>
        BitOperations.Crc32C(lane, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
}
