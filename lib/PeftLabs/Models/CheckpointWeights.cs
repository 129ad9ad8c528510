using PeftLabs.Formats;
using PeftLabs.Models.Streaming;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Weights of a safetensors checkpoint, each read from the memory map to where it will live, and encoded on the way.</summary>
internal sealed class CheckpointWeights(ModelConfig config, Checkpoint checkpoint, string folder, ModelLoadOptions options)
    : WeightReader(config, options)
{
    private readonly HashSet<string> _read = [];

    /// <exception cref="ModelFormatException">The checkpoint holds weights that the model has no place for.</exception>
    protected override void CheckComplete()
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
        if (BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, name))
            return Quantized(name, rows, columns);
        Check(name, rows, columns);
        var info = checkpoint.Info(name);
        if (format is not DenseFormat dense || info.Type.ToScalarType() != dense.Type)
            return Encoded(name, new TensorRows(checkpoint.FileOf(name), info), rows, columns, format);
        var weight = format.Allocate(rows, columns, Options.Device);
        checkpoint.ReadInto(name, ((DenseWeight)weight).Parameter);
        Report(rows * columns);
        return weight;
    }

    protected override string Identity() => CheckpointIdentity.Of(checkpoint);

    protected override (WeightFormat Format, ScalarType ValueType) StoredAs(string path) =>
        BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, $"{path}.weight")
            ? new BitsAndBytesWeight(checkpoint, $"{path}.weight").StoredAs()
            : base.StoredAs(path);

    protected override void Skip(string name, long rows, long columns)
    {
        if (BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, name))
            _read.UnionWith(checkpoint.Names.Where(n => n == name || n.StartsWith($"{name}.", StringComparison.Ordinal)));
        else
            Check(name, rows, columns);
    }

    protected override void Fill(string name, Tensor vector)
    {
        Check(name, vector.shape[0]);
        checkpoint.ReadInto(name, vector);
    }

    private StoredWeight Encoded(string name, TensorRows source, long rows, long columns, WeightFormat format)
    {
        try
        {
            return Encode(rows, columns, format, source.Read);
        }
        catch (NonFiniteWeightException e)
        {
            throw new ModelFormatException(checkpoint.FileOf(name).Path, $"tensor '{name}' holds {e.Value} at "
                + $"[{e.Position / columns}, {e.Position % columns}]; {format} holds finite weights only.");
        }
    }

    private BlockWeight4 Quantized(string name, long rows, long columns)
    {
        if (!Config.IsBitsAndBytes4Bit)
            throw new ModelFormatException(checkpoint.FileOf(name).Path, $"tensor '{name}' is in 4 bits, but config.json has no "
                + "quantization_config; with it the model is read as it was saved.");
        var weight = new BitsAndBytesWeight(checkpoint, name).Read(rows, columns, Options.Device, _read);
        Report(rows * columns);
        return weight;
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
