using PeftLabs.Formats;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// Makes a <see cref="WeightStream"/> while a model is loaded: each matrix goes to the file as soon as it is encoded and leaves memory, or,
/// where a kept file holds it already, is not read at all.
/// </summary>
internal sealed class StreamBuilder : IDisposable
{
    private readonly StreamLayout _layout;
    private readonly Device _device;
    private readonly bool _temporary;
    private readonly List<StreamedWeight> _weights = [];
    private StreamFile? _file;
    private StreamFileWriter? _writer;

    /// <exception cref="SafeTensorsException">There is a file of that name, but it is broken or holds something else.</exception>
    /// <exception cref="IOException">The folder cannot be written, or the disk lacks the room.</exception>
    public StreamBuilder(StreamLayout layout, WeightStreaming streaming, Device device)
    {
        var path = streaming.NewPath();
        (_layout, _device, _temporary) = (layout, device, streaming.Folder is null);
        _file = !_temporary && File.Exists(path) ? StreamFile.Open(path, layout, temporary: false) : null;
        _writer = _file is null ? new(path, layout) : null;
    }

    /// <summary>Whether the matrices have to be read and encoded.</summary>
    public bool Writes => _writer is not null;

    /// <summary>A matrix, disposed once it is written; null where <see cref="Writes"/> is false.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    public StreamedWeight Add(string name, StoredWeight? encoded)
    {
        using var _ = encoded;
        var (matrix, index) = _layout.Find(name);
        if (encoded is not null)
            _writer!.Write(matrix, encoded);
        var streamed = new StreamedWeight(matrix, index, _device);
        _weights.Add(streamed);
        return streamed;
    }

    /// <summary>Gives the file its name, and lets the weights be used. The stream is theirs.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    public void Finish()
    {
        if (_writer is not null)
        {
            _writer.Commit(durable: !_temporary);
            _file = StreamFile.Open(_writer.Path, _layout, _temporary)!;
        }
        var stream = new WeightStream(_layout, _file!, _device);
        _weights.ForEach(weight => weight.Attach(stream));
        _file = null;
    }

    /// <summary>Closes what was not finished; a file half-written is gone.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _file?.Dispose();
    }
}
