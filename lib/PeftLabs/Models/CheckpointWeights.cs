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
    private readonly TensorReads _later = new();

    /// <exception cref="ModelFormatException">The checkpoint holds weights that the model has no place for.</exception>
    protected override void CheckComplete()
    {
        // Old checkpoints carry the rotary table or the causal mask, which follow from the config; tied ones sometimes carry the head too.
        var left = checkpoint.Names.Where(n => !_read.Contains(n)
            && !Config.Family.Ignored.Any(end => n.EndsWith($".{end}", StringComparison.Ordinal))
            && !(Config.TiedEmbeddings && n == $"{Config.Family.Head}.weight")).Order(StringComparer.Ordinal).ToList();
        if (left.Count > 0)
            throw new ModelFormatException(folder, $"holds {left.Count} tensors that {Config.Family.Architecture} has no place for: "
                + string.Join(", ", left.Take(5)) + (left.Count > 5 ? ", …" : ""));
    }

    protected override void ReadRest() => _later.Run(Report);

    protected override StoredWeight Read(string name, long rows, long columns, WeightFormat format)
    {
        var stored = Stored(name);
        if (BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, stored))
            return Quantized(stored, rows, columns);
        var source = Rows(name, rows, columns);
        var info = checkpoint.Info(stored);
        if (IsTransposed(name) || format is not DenseFormat dense || info.Type.ToScalarType() != dense.Type)
            return Encoded(stored, source, rows, columns, format);
        var weight = format.Allocate(rows, columns, Options.Device);
        var matrix = ((DenseWeight)weight).Parameter;
        if (Options.Device.type == DeviceType.CPU && Options.Streaming is null)
        {
            _later.Add(checkpoint.FileOf(stored), info, matrix);
            return weight;
        }
        try
        {
            checkpoint.ReadInto(stored, matrix);
        }
        catch
        {
            weight.Dispose();
            throw;
        }
        Report(rows * columns);
        return weight;
    }

    protected override string Identity() => CheckpointIdentity.Of(checkpoint);

    protected override (WeightFormat Format, ScalarType ValueType) StoredAs(string path) =>
        Stored($"{path}.weight") is var name && BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, name)
            ? new BitsAndBytesWeight(checkpoint, name).StoredAs()
            : base.StoredAs(path);

    protected override void Skip(string name, long rows, long columns)
    {
        var stored = Stored(name);
        if (BitsAndBytesWeight.IsStoredAs4Bit(checkpoint, stored))
            _read.UnionWith(checkpoint.Names.Where(n => n == stored || n.StartsWith($"{stored}.", StringComparison.Ordinal)));
        else
            Rows(name, rows, columns);
    }

    protected override void Fill(string name, Tensor vector)
    {
        Check(Stored(name), vector.shape[0]);
        checkpoint.ReadInto(Stored(name), vector);
    }

    private string Stored(string name) => CheckpointNames.Stored(checkpoint, Config.Family, name);

    private bool IsTransposed(string name) => Config.Family is { IsTransposed: true } family
        && name.StartsWith(family.Layer[..family.Layer.IndexOf('{', StringComparison.Ordinal)], StringComparison.Ordinal);

    private RowReader Rows(string name, long rows, long columns)
    {
        var stored = Stored(name);
        if (!IsTransposed(name))
        {
            Check(stored, rows, columns);
            return new TensorRows(checkpoint.FileOf(stored), checkpoint.Info(stored)).Read;
        }
        Check(stored, columns, rows);
        return new TensorRows(checkpoint.FileOf(stored), checkpoint.Info(stored)).ReadTransposed;
    }

    private StoredWeight Encoded(string name, RowReader source, long rows, long columns, WeightFormat format)
    {
        try
        {
            return Encode(rows, columns, format, source);
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
