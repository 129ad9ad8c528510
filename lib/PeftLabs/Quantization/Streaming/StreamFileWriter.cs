using System.Runtime.InteropServices;
using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>Writes a stream file, a matrix at a time; the file appears whole or not at all.</summary>
internal sealed class StreamFileWriter(string path, StreamLayout layout) : IDisposable
{
    private readonly SafeTensorsWriter _writer = new(path, layout.Tensors, layout.Metadata);
    private readonly Dictionary<string, long> _checksums = [];

    /// <summary>Where the file will be.</summary>
    public string Path => path;

    /// <summary>Writes a complete matrix.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    public void Write(StreamedMatrix matrix, StoredWeight weight)
    {
        using var _ = no_grad();
        foreach (var (role, tensor) in weight.Tensors)
            WriteTensor(matrix.NameOf(role), tensor);
        if (matrix.Format.Scalars > 0)
            WriteBytes(matrix.ScalarsName, MemoryMarshal.AsBytes(weight.Scalars), Crc32C.Start);
    }

    /// <summary>Gives the file its name.</summary>
    /// <param name="durable">Whether it is to outlive a power cut, for which the disk is waited for.</param>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    public void Commit(bool durable)
    {
        var checksums = layout.Order.Select(name => _checksums[name]).ToArray();
        _writer.Write(StreamLayout.Checksums, MemoryMarshal.AsBytes(checksums.AsSpan()));
        _writer.Commit(durable);
    }

    /// <summary>Closes the file, and removes it unless it was committed.</summary>
    public void Dispose() => _writer.Dispose();

    // Staged where the tensor is not in host memory; the checksum is of what is written.
    private void WriteTensor(string name, Tensor tensor)
    {
        var register = Crc32C.Start;
        TensorChunks.Visit(tensor, TensorChunks.Bytes / tensor.element_size(), (part, _) =>
        {
            using var host = part.cpu();
            register = WriteBytes(name, host.bytes, register);
        });
        _checksums[name] = Crc32C.Finish(register);
    }

    private uint WriteBytes(string name, ReadOnlySpan<byte> bytes, uint register)
    {
        _writer.Write(name, bytes);
        register = Crc32C.Append(register, bytes);
        _checksums[name] = Crc32C.Finish(register);
        return register;
    }
}
