using System.Numerics;
using System.Runtime.InteropServices;

namespace PeftLabs.Quantization.Streaming;

/// <summary>CRC-32C (Castagnoli), for which processors have an instruction: several GB/s.</summary>
internal static class Crc32C
{
    /// <summary>The register before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The register after some more bytes.</summary>
    public static uint Append(uint register, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            register = BitOperations.Crc32C(register, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
            register = BitOperations.Crc32C(register, b);
        return register;
    }

    /// <summary>The checksum that a register stands for.</summary>
    public static uint Finish(uint register) => ~register;
}
