using System.Runtime.CompilerServices;

namespace PeftLabs.Training.Optimizers.Cpu;

internal sealed unsafe partial class LaneOptimizer<TLanes, TTable>
{
    private const int Block = StateLayout.BlockSize;

    public override void AdamW8(in MoveConstants constants, float* p, float* g, DynamicState m, DynamicState v, nint count)
    {
        var moments = stackalloc float[2 * Block];
        var blocks = count / Block;
        for (nint block = 0; block < blocks; block++)
            MoveBlock(constants, p + block * Block, g + block * Block, m.From(block), v.From(block), moments);
        var whole = blocks * Block;
        if (count > whole)
            MovePart(constants, p + whole, g + whole, m.From(blocks), v.From(blocks), moments, (int)(count - whole));
    }

    private static void MoveBlock(in MoveConstants k, float* p, float* g, DynamicState m, DynamicState v, float* moments)
    {
        var levels1 = DynamicRounding.Signed.LevelTable;
        var levels2 = DynamicRounding.Unsigned.LevelTable;
        var (scale1, scale2) = (Of(*m.AbsMax), Of(*v.AbsMax));
        var (largest1, largest2) = (TLanes.BroadcastBits(0), TLanes.BroadcastBits(0));
        var magnitude = TLanes.BroadcastBits(int.MaxValue);
        for (var i = 0; i < Block; i += Lanes)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Gather(levels1, m.Codes + i), scale1), moments + i);
            TLanes.Store(TLanes.Multiply(TLanes.Gather(levels2, v.Codes + i), scale2), moments + Block + i);
            AdamWRule.Sixteen(k, p + i, g + i, moments + i, moments + Block + i);
            largest1 = TLanes.MaxBits(largest1, TLanes.And(TLanes.Load(moments + i), magnitude));
            largest2 = TLanes.MaxBits(largest2, TLanes.And(TLanes.Load(moments + Block + i), magnitude));
        }
        Keep(DynamicRounding.Signed, moments, largest1, m);
        Keep(DynamicRounding.Unsigned, moments + Block, largest2, v);
    }

    // Rounds one moment of a block, whose largest magnitude becomes the scale.
    private static void Keep(DynamicRounding rounding, float* values, TLanes largest, DynamicState state)
    {
        var scale = BitConverter.Int32BitsToSingle(TLanes.MaxBitsAcross(largest));
        *state.AbsMax = scale;
        if (scale == 0)
        {
            new Span<byte>(state.Codes, Block).Fill(rounding.Zero);
            return;
        }
        var scales = Of(scale);
        for (var i = 0; i < Block; i += Lanes)
            TLanes.Store(TLanes.Divide(TLanes.Load(values + i), scales), values + i);
        rounding.Encode(values, Block, state.Codes);
    }

    // A block that the parameter does not fill, as a whole one whose other values are and stay zero.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MovePart(in MoveConstants k, float* p, float* g, DynamicState m, DynamicState v, float* moments, int count)
    {
        var values = stackalloc float[2 * Block];
        var codes = stackalloc byte[2 * Block];
        new Span<float>(values, 2 * Block).Clear();
        new Span<byte>(codes, Block).Fill(DynamicRounding.Signed.Zero);
        new Span<byte>(codes + Block, Block).Fill(DynamicRounding.Unsigned.Zero);
        Copy(p, values, count);
        Copy(g, values + Block, count);
        Copy(m.Codes, codes, count);
        Copy(v.Codes, codes + Block, count);
        MoveBlock(k, values, values + Block, new(codes, m.AbsMax), new(codes + Block, v.AbsMax), moments);
        Copy(values, p, count);
        Copy(codes, m.Codes, count);
        Copy(codes + Block, v.Codes, count);
    }

    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged => new Span<T>(from, count).CopyTo(new Span<T>(to, count));
}
