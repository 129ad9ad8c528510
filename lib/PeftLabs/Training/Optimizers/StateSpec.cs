using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>One tensor of a parameter's state.</summary>
/// <param name="Name">Its name in a checkpoint, after the parameter's.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Block">How many of the parameter's values one of its elements stands for.</param>
internal sealed record StateSpec(string Name, ScalarType Type, long[] Shape, long Block = 1)
{
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    public int ElementBytes => Type == ScalarType.Byte ? 1 : sizeof(float);

    public long Bytes => Elements * ElementBytes;
}
