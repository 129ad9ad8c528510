using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Weights drawn from a normal distribution, the same on every machine and whatever libtorch there is; norms are one (zero where one
/// is added to them), biases zero. A matrix is made some rows at a time, so that a quantized one is never whole in full precision.
/// </summary>
internal sealed class RandomWeights(ModelConfig config, ulong seed, ModelLoadOptions options) : WeightReader(config, options)
{
    protected override StoredWeight Read(string name, long rows, long columns, WeightFormat format)
    {
        var normal = new NormalNumbers(seed, name, Config.InitializerRange);
        return Encode(rows, columns, format, (row, values) => normal.Fill(values, row * columns));
    }

    protected override string Identity() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"random {seed}, {Config.InitializerRange:R}");

    protected override void Skip(string name, long rows, long columns)
    {
    }

    protected override void Fill(string name, Tensor vector)
    {
        using var scope = NewDisposeScope();
        vector.fill_(Config.Family.Norm == NormKind.RootMeanSquarePlusOne || name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
    }
}
