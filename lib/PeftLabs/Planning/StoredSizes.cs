using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Planning;

/// <summary>The tensors of a stored matrix as sizes; together they are its <see cref="WeightFormat.StoredBytes"/>.</summary>
internal static class StoredSizes
{
    /// <summary>Those of a matrix <c>[rows, columns]</c>, in the order of the format's parts.</summary>
    public static PlanSize[] Of(WeightFormat format, PlanSymbol rows, PlanSymbol columns)
    {
        var numbers = rows * columns;
        return format switch
        {
            DenseFormat dense => [dense.Type.ElementSize() * numbers],
            BlockFormat4 { DoubleQuantization: false } four => [numbers.Over(2), 4 * numbers.Over(four.BlockSize)],
            BlockFormat4 four =>
                [numbers.Over(2), numbers.Over(four.BlockSize), 4 * numbers.Over((long)four.BlockSize * BlockScales.DefaultNestedBlockSize)],
            Int8Format eight => [numbers, 4 * numbers.Over(eight.BlockSize)],
            Int8RowFormat => [numbers, 4 * rows],
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The planner does not know the tensors of this format."),
        };
    }
}
