using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

// Products in 16 bits, by torch operators: operands are rounded, each tile's product is, and sums over tiles are in float32.
public abstract partial class TiledWeight
{
    /// <summary>The rows from <paramref name="firstRow"/> on, [rows, in], in the type of products.</summary>
    private protected virtual Tensor DecodeRounded(long firstRow, long rows)
    {
        using var values = Decode(firstRow, rows);
        return values.to(ProductType);
    }

    private Tensor MultiplyRounded(Tensor x)
    {
        var (rounded, result) = (x.to(ProductType), empty([x.shape[0], Rows], dtype: ScalarType.Float32, device: x.device));
        ForEachRoundedTile((row, count, tile) => result.narrow(1, row, count).copy_(rounded.mm(tile.t())));
        return result;
    }

    private Tensor MultiplyTransposedRounded(Tensor gradient)
    {
        var rounded = gradient.to(ProductType);
        var result = zeros([gradient.shape[0], Columns], dtype: ScalarType.Float32, device: gradient.device);
        ForEachRoundedTile((row, count, tile) => result.add_(rounded.narrow(1, row, count).mm(tile)));
        return result;
    }

    private Tensor RoundedTile(long row, long count)
    {
        using var part = ProfileScope.Part("decode");
        return DecodeRounded(row, count);
    }

    private void ForEachRoundedTile(Action<long, long, Tensor> use)
    {
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var rows = Math.Min(Rows, Math.Max(1, OperatorValues / Columns));
        for (var row = 0L; row < Rows; row += rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rows, Rows - row);
            use(row, count, RoundedTile(row, count));
        }
    }
}
