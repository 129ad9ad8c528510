using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>Writes a checkpoint again, shard by shard and some rows at a time, with an adapter's updates in it.</summary>
internal sealed class CheckpointMerge(
    Checkpoint checkpoint, CheckpointUpdates updates, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
{
    private const int ChunkBytes = 4 << 20;

    private long _done;

    /// <summary>Fills a folder with the shards, and the index where there is one.</summary>
    public void Write(string folder)
    {
        foreach (var file in checkpoint.Files)
            WriteShard(file, Path.Combine(folder, Path.GetFileName(file)));
        if (!checkpoint.Files.Contains(checkpoint.Path))
            File.Copy(checkpoint.Path, Path.Combine(folder, Path.GetFileName(checkpoint.Path)));
    }

    private void WriteShard(string source, string target)
    {
        using var file = SafeTensorsFile.Open(source);
        using var writer = new SafeTensorsWriter(target, file.Tensors.Select(t => new SafeTensorSpec(t.Name, t.Type, t.Shape)), file.Metadata);
        foreach (var info in file.Tensors)
            WriteTensor(file, info, writer);
        cancellation.ThrowIfCancellationRequested();
        writer.Commit();
    }

    private void WriteTensor(SafeTensorsFile file, SafeTensorInfo info, SafeTensorsWriter writer)
    {
        using var update = updates.OfWeight(info.Name);
        using var bias = updates.OfBias(info.Name);
        if (update is not null)
            Merge(file, info, update, writer);
        else if (bias is not null)
            writer.Write(info.Name, bias);
        else
            Copy(file, info, writer);
    }

    private void Merge(SafeTensorsFile file, SafeTensorInfo info, RowUpdate update, SafeTensorsWriter writer)
    {
        using var _ = no_grad();
        var type = info.Type.ToScalarType() is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64
            ? info.Type.ToScalarType()!.Value
            : throw new ModelFormatException(file.Path, $"tensor '{info.Name}' is {info.Type.Code}; an adapter is merged into F32, F16, BF16 or F64.");
        var (rows, columns) = (info.Shape[0], info.Shape[1]);
        var most = Math.Clamp(ChunkBytes / sizeof(float) / columns, 1, rows);
        for (var row = 0L; row < rows; row += most)
        {
            using var scope = NewDisposeScope();
            var values = empty([Math.Min(most, rows - row), columns], dtype: type == ScalarType.Float64 ? type : ScalarType.Float32);
            file.ReadRowsInto(info.Name, row, values);
            update.AddTo(values, row);
            Tell(writer, info.Name, values.to(type).bytes);
        }
    }

    private void Copy(SafeTensorsFile file, SafeTensorInfo info, SafeTensorsWriter writer)
    {
        for (var at = 0L; at < info.Bytes; at += ChunkBytes)
        {
            var count = (int)Math.Min(ChunkBytes, info.Bytes - at);
            Tell(writer, info.Name, file.View(info, at, count));
            file.Release(info, at, count);
        }
    }

    private void Tell(SafeTensorsWriter writer, string name, ReadOnlySpan<byte> bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        writer.Write(name, bytes);
        progress?.Report((_done += bytes.Length, checkpoint.TotalBytes));
    }
}
