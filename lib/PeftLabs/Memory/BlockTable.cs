using System.Runtime.InteropServices;

namespace PeftLabs.Memory;

/// <summary>A block that is alive.</summary>
/// <param name="Address">Where it lies; zero marks an empty place of the table.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Birth">The number of its allocation.</param>
/// <param name="Category">Its explicit category, or the one it has if it outlives the interval that made it.</param>
/// <param name="Explicit">Whether its category was said when it was made.</param>
/// <param name="Scope">The number of the scope that made it; 0 where nobody profiles.</param>
internal readonly record struct Block(nint Address, long Bytes, long Birth, byte Category, bool Explicit, int Scope = 0);

/// <summary>The living blocks by address: open addressing with linear probing in native memory, so that nothing is allocated on the
/// managed heap while libtorch waits for the meter.</summary>
internal sealed unsafe class BlockTable : IDisposable
{
    private Block* _places;
    private int _mask = 1023;

    internal BlockTable() => _places = Allocate(_mask + 1);

    internal int Count { get; private set; }

    /// <summary>Adds a block whose address is not in the table.</summary>
    internal void Add(in Block block)
    {
        if (Count >= (_mask + 1) / 2)
            Grow();
        Place(block);
        Count++;
    }

    /// <summary>Removes the block at an address, if there is one.</summary>
    internal bool Remove(nint address, out Block block)
    {
        var i = Home(address);
        for (; _places[i].Address != address; i = (i + 1) & _mask)
            if (_places[i].Address == 0)
            {
                block = default;
                return false;
            }
        block = _places[i];
        Count--;
        Close(i);
        return true;
    }

    /// <summary>The blocks of the first so many allocations.</summary>
    internal List<Block> BornUntil(long birth)
    {
        var blocks = new List<Block>();
        for (var i = 0; i <= _mask; i++)
            if (_places[i].Address != 0 && _places[i].Birth <= birth)
                blocks.Add(_places[i]);
        return blocks;
    }

    public void Dispose()
    {
        NativeMemory.Free(_places);
        _places = null;
    }

    /// <summary>Fills a place that became empty, so that no search ends there too early: every later block of the run moves up
    /// unless its own home lies behind the gap.</summary>
    private void Close(int gap)
    {
        for (var i = (gap + 1) & _mask; _places[i].Address != 0; i = (i + 1) & _mask)
            if (((i - Home(_places[i].Address)) & _mask) >= ((i - gap) & _mask))
            {
                _places[gap] = _places[i];
                gap = i;
            }
        _places[gap] = default;
    }

    private void Grow()
    {
        var old = _places;
        var oldSize = _mask + 1;
        _places = Allocate(2 * oldSize);
        _mask = 2 * oldSize - 1;
        for (var i = 0; i < oldSize; i++)
            if (old[i].Address != 0)
                Place(old[i]);
        NativeMemory.Free(old);
    }

    private void Place(in Block block)
    {
        var i = Home(block.Address);
        while (_places[i].Address != 0)
            i = (i + 1) & _mask;
        _places[i] = block;
    }

    /// <summary>Allocators hand out multiples of 64: a multiplication spreads them (2⁶⁴ over the golden ratio).</summary>
    private int Home(nint address) => (int)((ulong)address * 0x9E3779B97F4A7C15 >> 32) & _mask;

    private static Block* Allocate(int places) => (Block*)NativeMemory.AllocZeroed((nuint)places, (nuint)sizeof(Block));
}
