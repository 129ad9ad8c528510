using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Weights of a safetensors checkpoint, each read from the memory map to where it will live.</summary>
internal sealed class CheckpointWeights(ModelConfig config, Checkpoint checkpoint, string folder, ModelLoadOptions options)
    : WeightReader(config, options)
{
    private const long ChunkValues = 4 << 20;
    private readonly HashSet<string> _read = [];

    /// <exception cref="ModelFormatException">The checkpoint holds weights that the model has no place for.</exception>
    public override void Finish()
    {
        // Old checkpoints carry the rotary table, which follows from the config; tied ones sometimes carry the head too.
        var left = checkpoint.Names.Where(n => !_read.Contains(n)
            && !n.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal)
            && !(Config.TiedEmbeddings && n == $"{Config.Family.Head}.weight")).Order(StringComparer.Ordinal).ToList();
        if (left.Count > 0)
            throw new ModelFormatException(folder, $"holds {left.Count} tensors that {Config.Family.Architecture} has no place for: "
                + string.Join(", ", left.Take(5)) + (left.Count > 5 ? ", …" : ""));
    }

    protected override StoredWeight Read(string name, long rows, long columns, WeightFormat format)
    {
        Check(name, rows, columns);
        var weight = format.Allocate(rows, columns, Options.Device);
        if (weight is DenseWeight dense)
            checkpoint.ReadInto(name, dense.Parameter);
        else
            Encode(name, weight);
        return weight;
    }

    protected override void Fill(string name, Tensor vector)
    {
        Check(name, vector.shape[0]);
        checkpoint.ReadInto(name, vector);
    }

    private void Encode(string name, StoredWeight weight)
    {
        var chunk = Math.Max(1, ChunkValues / weight.Columns);
        for (var row = 0L; row < weight.Rows; row += chunk)
        {
            using var scope = NewDisposeScope();
            var values = empty([Math.Min(chunk, weight.Rows - row), weight.Columns], dtype: ScalarType.Float32);
            checkpoint.ReadRowsInto(name, row, values);
            weight.EncodeRows(row, values.to(Options.Device));
        }
    }

    private void Check(string name, params long[] shape)
    {
        if (!checkpoint.Contains(name))
            throw new ModelFormatException(folder, $"has no tensor '{name}' [{string.Join(", ", shape)}].");
        var info = checkpoint.Info(name);
        if (!info.Shape.SequenceEqual(shape))
            throw new ModelFormatException(checkpoint.FileOf(name).Path,
                $"tensor '{name}' is [{string.Join(", ", info.Shape)}]; config.json makes it [{string.Join(", ", shape)}].");
        if (info.Type.ToScalarType() is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64))
            throw new ModelFormatException(checkpoint.FileOf(name).Path,
                $"tensor '{name}' is {info.Type}; a weight is F32, F16, BF16 or F64.");
        _read.Add(name);
    }
}
