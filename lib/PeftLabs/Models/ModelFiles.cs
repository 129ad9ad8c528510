using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Writes a model's folder as transformers does: config.json and model.safetensors, with 4-bit projections in bitsandbytes' layout. What
/// neither knows (8-bit weights, a quantized embedding) is written decoded, in float32.
/// </summary>
internal static class ModelFiles
{
    private const long ChunkValues = 1 << 20;

    /// <summary>A tensor of the file, and how its data are written.</summary>
    private sealed record Part(SafeTensorSpec Spec, Action<SafeTensorsWriter> Write);

    public static void Save(CausalLM model, string folder)
    {
        var config = ModelConfigWriter.Write(model);
        var parts = Parts(model).ToList();
        Directory.CreateDirectory(folder);
        using var writer = new SafeTensorsWriter(Path.Combine(folder, "model.safetensors"), parts.Select(p => p.Spec),
            new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var part in parts)
            part.Write(writer);
        writer.Commit();
        AtomicFile.WriteText(Path.Combine(folder, "config.json"), config);
    }

    /// <summary>Whether a projection's weight is written in 4 bits.</summary>
    public static bool Is4Bit(CausalLM model, Projection projection) =>
        projection.Weight.Format is BlockFormat4 && !ReferenceEquals(projection.Weight, model.Embedding);

    private static IEnumerable<Part> Parts(CausalLM model)
    {
        var family = model.Config.Family;
        foreach (var part in Plain($"{family.Embedding}.weight", model.Embedding))
            yield return part;
        if (model.Positions is { } positions)
            foreach (var part in Plain($"{family.Positions}.weight", positions))
                yield return part;
        foreach (var (name, parameter) in model.Norms.SelectMany(n => n.NamedParameters))
            yield return Whole(name, parameter);
        foreach (var projection in model.Projections.Values)
        {
            if (!ReferenceEquals(projection.Weight, model.Embedding))
                foreach (var part in Weight(model, projection))
                    yield return part;
            if (projection.Bias is { } bias)
                yield return Whole($"{projection.Path}.bias", bias);
        }
    }

    // transformers turns a matrix around before bitsandbytes quantizes it.
    private static IEnumerable<Part> Weight(CausalLM model, Projection projection)
    {
        var name = $"{projection.Path}.weight";
        if (projection.Weight.Format is BlockFormat4)
            return Quantized(name, projection.Weight);
        return model.Config.Family.IsTransposed && !ReferenceEquals(projection, model.Head)
            ? [Transposed(name, projection.Weight)] : Plain(name, projection.Weight);
    }

    private static Part Transposed(string name, StoredWeight weight)
    {
        var type = weight.Format is DenseFormat dense ? dense.Type : ScalarType.Float32;
        return new(new(name, type.ToSafeTensorType(), [weight.Columns, weight.Rows]), writer =>
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            writer.Write(name, weight.Decode(0, weight.Rows).t().to(type, CPU).contiguous());
        });
    }

    private static IEnumerable<Part> Plain(string name, StoredWeight weight) =>
        [weight.Format is DenseFormat ? Stored(name, weight, weight.Format.Parts(weight.Rows, weight.Columns)[0]) : Decoded(name, weight)];

    // The tensors are looked up when they are written: those of a streamed weight come and go.
    private static IEnumerable<Part> Quantized(string name, StoredWeight weight)
    {
        var format = (BlockFormat4)weight.Format;
        var (valueType, scalars) = weight.Use(inner => (((BlockWeight4)inner).ValueType, inner.Scalars.ToArray()));
        var state = new QuantState4(format.Book.Name, format.BlockSize, valueType.ToString().ToLowerInvariant(), [weight.Rows, weight.Columns]);
        if (format.DoubleQuantization)
            state = state with { NestedBlockSize = BlockScales.DefaultNestedBlockSize, NestedOffset = scalars[0] };
        foreach (var part in format.Parts(weight.Rows, weight.Columns))
            yield return Stored(part.Role == "weight" ? name : $"{name}.{part.Role}", weight, part);
        yield return Bytes(name + BitsAndBytesWeight.QuantMap, SafeTensorType.Float32, format.Book.Levels.ToArray());
        if (format.DoubleQuantization)
            yield return Bytes(name + BitsAndBytesWeight.NestedQuantMap, SafeTensorType.Float32, scalars[1..]);
        yield return Bytes(name + BitsAndBytesWeight.State + format.Book.Name, SafeTensorType.UInt8, state.ToJson());
    }

    private static Part Whole(string name, Tensor tensor) =>
        new(new(name, tensor.dtype.ToSafeTensorType(), tensor.shape), writer => writer.Write(name, tensor));

    private static Part Stored(string name, StoredWeight weight, StoredPart part) =>
        new(new(name, part.Type.ToSafeTensorType(), part.Shape), writer => weight.Use(inner =>
        {
            writer.Write(name, inner.Tensors.First(t => t.Role == part.Role).Tensor);
            return true;
        }));

    private static Part Bytes<T>(string name, SafeTensorType type, T[] values)
        where T : unmanaged =>
        new(new(name, type, [values.Length]), writer => writer.Write(name, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())));

    private static Part Decoded(string name, StoredWeight weight) =>
        new(new(name, SafeTensorType.Float32, [weight.Rows, weight.Columns]), writer =>
        {
            var rows = Math.Max(1, ChunkValues / weight.Columns);
            for (var row = 0L; row < weight.Rows; row += rows)
            {
                using var scope = NewDisposeScope();
                writer.Write(name, weight.Decode(row, Math.Min(rows, weight.Rows - row)).to(CPU).bytes);
            }
        });
}
