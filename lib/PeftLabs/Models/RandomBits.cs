using System.Runtime.InteropServices;

namespace PeftLabs.Models;

/// <summary>
/// Random bits by index (SplitMix64): what stands at an index depends on the seed, a name and the index alone, so any part can be
/// made at any time, in any order, on any number of threads.
/// </summary>
public readonly struct RandomBits(ulong seed, string name)
{
    private readonly ulong _stream = Mix(seed ^ Hash(name));

    /// <summary>64 bits.</summary>
    public ulong this[long index] => Mix(_stream + (ulong)index * 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double Unit(long index) => (this[index] >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    // FNV-1a.
    private static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var b in MemoryMarshal.AsBytes<char>(text))
            hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }
}
