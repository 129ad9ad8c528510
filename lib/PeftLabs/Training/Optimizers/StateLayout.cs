using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>What state each kind of optimizer holds for a parameter of some shape.</summary>
internal static class StateLayout
{
    /// <summary>Values that share a scale in 8-bit state.</summary>
    public const int BlockSize = 256;

    /// <summary>Parameters with fewer values keep their state in 32 bits, as bitsandbytes has it.</summary>
    public const long MinimumValues8Bit = 4096;

    public static StateSpec[] Of(TrainingOptions options, long[] shape) => options.Optimizer switch
    {
        OptimizerKind.AdamW or OptimizerKind.PagedAdamW => Moments(shape),
        OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit => Values(shape) < MinimumValues8Bit ? Moments(shape) : Moments8Bit(shape),
        OptimizerKind.Adafactor => Factored(shape),
        OptimizerKind.Lion => [new("mean", ScalarType.Float32, shape)],
        OptimizerKind.Sgd => options.Momentum == 0 ? [] : [new("momentum", ScalarType.Float32, shape)],
        OptimizerKind.GaLore => Projected(shape, options.GaLoreRank),
        var other => throw new ArgumentOutOfRangeException(
            nameof(options), other, $"Optimizer is {other}; it must be one of {OptimizerNames.Choices}."),
    };

    /// <summary>Bytes of state that may be in memory.</summary>
    public static long Budget(TrainingOptions options) =>
        options.Optimizer is OptimizerKind.PagedAdamW or OptimizerKind.PagedAdamW8Bit ? options.PagedBudgetBytes : long.MaxValue;

    private static StateSpec[] Moments(long[] shape) =>
        [new("mean", ScalarType.Float32, shape), new("square", ScalarType.Float32, shape)];

    private static StateSpec[] Moments8Bit(long[] shape)
    {
        long[] blocks = [(Values(shape) + BlockSize - 1) / BlockSize];
        return
        [
            new("mean", ScalarType.Byte, shape), new("mean.absmax", ScalarType.Float32, blocks, BlockSize),
            new("square", ScalarType.Byte, shape), new("square.absmax", ScalarType.Float32, blocks, BlockSize),
        ];
    }

    // A tensor of more than two dimensions counts as a matrix of its first by the rest.
    private static StateSpec[] Factored(long[] shape) => shape.Length < 2 || Values(shape) == 0
        ? [new("square", ScalarType.Float32, shape)]
        : [new("rows", ScalarType.Float32, [shape[0]]), new("columns", ScalarType.Float32, [Values(shape) / shape[0]])];

    private static StateSpec[] Projected(long[] shape, long rank)
    {
        if (shape.Length != 2 || Math.Min(shape[0], shape[1]) <= rank)
            return Moments(shape);
        long[] low = [Math.Max(shape[0], shape[1]), rank];
        return [new("projector", ScalarType.Float32, [Math.Min(shape[0], shape[1]), rank]), .. Moments(low)];
    }

    private static long Values(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
