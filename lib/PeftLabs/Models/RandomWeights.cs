using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Weights drawn from a normal distribution, the same on every machine and whatever libtorch there is; norms are one, biases zero.
/// A matrix is made some rows at a time, so that a quantized one is never whole in full precision.
/// </summary>
internal sealed class RandomWeights(ModelConfig config, ulong seed, ModelLoadOptions options) : WeightReader(config, options)
{
    private const long ChunkValues = 4 << 20;

    protected override StoredWeight Read(string name, long rows, long columns, WeightFormat format)
    {
        var weight = format.Allocate(rows, columns, Options.Device);
        var normal = new NormalNumbers(seed, name, Config.InitializerRange);
        var chunk = Math.Max(1, ChunkValues / columns);
        for (var row = 0L; row < rows; row += chunk)
        {
            using var scope = NewDisposeScope();
            var values = empty([Math.Min(chunk, rows - row), columns], dtype: ScalarType.Float32);
            normal.Fill(values, row * columns);
            weight.EncodeRows(row, values.to(Options.Device));
        }
        return weight;
    }

    protected override void Fill(string name, Tensor vector)
    {
        using var scope = NewDisposeScope();
        vector.fill_(name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
    }
}
