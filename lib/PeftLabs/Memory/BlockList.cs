using System.Runtime.InteropServices;

namespace PeftLabs.Memory;

/// <summary>Blocks in a row, in native memory, so that nothing is allocated on the managed heap while libtorch waits for the meter.</summary>
internal sealed unsafe class BlockList : IDisposable
{
    private Block* _blocks;
    private int _room;

    internal int Count { get; private set; }

    internal void Add(in Block block)
    {
        if (Count == _room)
        {
            _room = Math.Max(64, 2 * _room);
            _blocks = (Block*)NativeMemory.Realloc(_blocks, (nuint)_room * (nuint)sizeof(Block));
        }
        _blocks[Count++] = block;
    }

    internal void Clear() => Count = 0;

    internal ReadOnlySpan<Block> AsSpan() => new(_blocks, Count);

    public void Dispose()
    {
        NativeMemory.Free(_blocks);
        _blocks = null;
        _room = Count = 0;
    }
}
