using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>Writes a model and the adapter on it as one of 16 or 32 bits: weights are decoded and added to some rows at a time.</summary>
internal sealed class DequantizedMerge(
    CausalLM model, DenseFormat format, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
{
    private const long ChunkValues = 1 << 20;

    private readonly SafeTensorType _type = format.Type.ToSafeTensorType();
    private long _done;

    /// <summary>Fills a folder with config.json and model.safetensors.</summary>
    public void Write(string folder)
    {
        using var _ = no_grad();
        var specs = Matrices().Select(m => new SafeTensorSpec(m.Name, _type,
                m.IsTransposed ? [m.Weight.Columns, m.Weight.Rows] : [m.Weight.Rows, m.Weight.Columns]))
            .Concat(Vectors().Select(v => new SafeTensorSpec(v.Name, _type, v.Vector.shape)));
        using var writer = new SafeTensorsWriter(Path.Combine(folder, "model.safetensors"), specs, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var (name, vector) in Vectors())
            writer.Write(name, vector);
        foreach (var (name, weight, update, isTransposed) in Matrices())
            WriteRows(writer, name, weight, update, isTransposed);
        AtomicFile.WriteText(Path.Combine(folder, "config.json"), ModelConfigWriter.WriteDense(model, format));
        writer.Commit();
    }

    private void WriteRows(SafeTensorsWriter writer, string name, StoredWeight weight, LowRankUpdate? update, bool isTransposed)
    {
        // A matrix that is turned around is turned whole.
        var most = isTransposed ? weight.Rows : Math.Max(1, ChunkValues / weight.Columns);
        for (var row = 0L; row < weight.Rows; row += most)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(most, weight.Rows - row);
            var values = weight.Decode(row, count);
            if (update is not null)
                values.add_(update.B.narrow(0, row, count).mm(update.A), update.Scaling);
            var bytes = (isTransposed ? values.t() : values).to(format.Type, CPU).contiguous().bytes;
            writer.Write(name, bytes);
            progress?.Report((_done += bytes.Length, model.Config.Parameters * _type.Bytes));
        }
    }

    private IEnumerable<(string Name, StoredWeight Weight, LowRankUpdate? Update, bool IsTransposed)> Matrices()
    {
        yield return ($"{model.Config.Family.Embedding}.weight", model.Embedding, null, false);
        if (model.Positions is { } positions)
            yield return ($"{model.Config.Family.Positions}.weight", positions, null, false);
        foreach (var projection in model.Projections.Values.Where(p => !ReferenceEquals(p.Weight, model.Embedding)))
            yield return ($"{projection.Path}.weight", projection.Weight, projection.Update,
                model.Config.Family.IsTransposed && !ReferenceEquals(projection, model.Head));
    }

    private IEnumerable<(string Name, Tensor Vector)> Vectors() =>
        model.Norms.SelectMany(n => n.NamedParameters).Select(p => (p.Name, (Tensor)p.Parameter))
            .Concat(model.Projections.Values.Where(p => p.Bias is not null).Select(p => ($"{p.Path}.bias", (Tensor)p.Bias!)));
}
