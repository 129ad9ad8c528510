using System.Numerics;
using System.Runtime.InteropServices;

namespace PeftLabs.Tokenization;

/// <summary>
/// Words and their ids, in arrays of a fixed size (about 4 MiB): when they are full, it forgets everything and starts over.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not kept.</summary>
    public const int LongestWord = 40;

    private const int SlotBits = 16, MaxWords = 3 << (SlotBits - 2), MaxUnits = 1 << 19, MaxIds = 1 << 18;

    private readonly Entry[] _slots = new Entry[1 << SlotBits];
    private char[] _units = new char[4096];
    private int[] _ids = new int[4096];
    private int _wordCount, _unitCount, _idCount;

    /// <summary>The ids of a word, or an empty span and the slot that would hold it.</summary>
    public bool TryGet(ReadOnlySpan<char> word, out ReadOnlySpan<int> ids, out int slot)
    {
        var hash = Hash(word);
        for (slot = (int)(hash >> (64 - SlotBits)); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            ref readonly var entry = ref _slots[slot];
            if (entry.Length == 0)
                break;
            if (entry.Length != word.Length || entry.Hash != (uint)hash || !word.SequenceEqual(_units.AsSpan(entry.Unit, entry.Length)))
                continue;
            ids = _ids.AsSpan(entry.Id, entry.IdCount);
            return true;
        }
        ids = default;
        return false;
    }

    /// <summary>Keeps a word in the slot that <see cref="TryGet"/> gave for it.</summary>
    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<int> ids, int slot)
    {
        if (_wordCount == MaxWords || _unitCount + word.Length > MaxUnits || _idCount + ids.Length > MaxIds)
        {
            Array.Clear(_slots);
            (_wordCount, _unitCount, _idCount) = (0, 0, 0);
            slot = (int)(Hash(word) >> (64 - SlotBits));
        }
        Reserve(ref _units, _unitCount + word.Length);
        Reserve(ref _ids, _idCount + ids.Length);
        word.CopyTo(_units.AsSpan(_unitCount));
        ids.CopyTo(_ids.AsSpan(_idCount));
        _slots[slot] = new((uint)Hash(word), _unitCount, _idCount, (short)word.Length, (short)ids.Length);
        _wordCount++;
        _unitCount += word.Length;
        _idCount += ids.Length;
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
    }

    private static ulong Hash(ReadOnlySpan<char> word)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        var hash = (ulong)word.Length * Multiplier;
        var blocks = MemoryMarshal.Cast<char, ulong>(word);
        foreach (var block in blocks)
            hash = (BitOperations.RotateLeft(hash, 29) ^ block) * Multiplier;
        foreach (var unit in word[(blocks.Length * 4)..])
            hash = (BitOperations.RotateLeft(hash, 29) ^ unit) * Multiplier;
        return hash ^ (hash >> 32);
    }

    private readonly record struct Entry(uint Hash, int Unit, int Id, short Length, short IdCount);
}
