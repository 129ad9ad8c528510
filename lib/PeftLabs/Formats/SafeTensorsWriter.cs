using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// Writes a safetensors file as a stream: the tensors are declared first, then their data come in any order and in pieces of any
/// size. The bytes equal those of the reference writer: tensors by type (the widest first), then by name, and a header padded with
/// spaces to a multiple of 8. The file appears on <see cref="Commit()"/>, whole; disposed without it, nothing is left behind.
/// </summary>
public sealed class SafeTensorsWriter : IDisposable
{
    private readonly AtomicFile _file;
    private readonly Dictionary<string, Entry> _entries;

    /// <summary>Declares the tensors and writes the header.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Every tensor of the file.</param>
    /// <param name="metadata">Strings to keep with them; transformers wants format = pt.</param>
    /// <exception cref="SafeTensorsException">A name stands twice or is reserved, or a shape is negative or too large.</exception>
    /// <exception cref="IOException">The folder cannot be written, or the disk lacks the room.</exception>
    public SafeTensorsWriter(string path, IEnumerable<SafeTensorSpec> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = tensors.Select(spec => (Spec: spec, Key: Encoding.UTF8.GetBytes(spec.Name))).ToList();
        sorted.Sort((a, b) => a.Spec.Type != b.Spec.Type ? b.Spec.Type.CompareTo(a.Spec.Type) : a.Key.AsSpan().SequenceCompareTo(b.Key));
        _entries = new(sorted.Count);
        var end = 0L;
        foreach (var (spec, _) in sorted)
            end = Declare(path, spec, end);
        var header = Header(sorted.Select(item => item.Spec), metadata);
        foreach (var entry in _entries.Values)
            entry.Offset += header.Length;
        _file = new(path, header, header.Length + end);
    }

    /// <summary>Appends bytes to the data of a declared tensor: its elements in row-major order, little-endian.</summary>
    /// <exception cref="ArgumentException">No such tensor was declared, or it has not that many bytes left.</exception>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var entry = Find(name);
        if (bytes.Length > entry.Bytes - entry.Written)
            throw new ArgumentException($"{bytes.Length} bytes were given to '{name}' in {_file.Path} after {entry.Written}; "
                + $"it has {entry.Bytes}.", nameof(bytes));
        RandomAccess.Write(_file.Handle, bytes, entry.Offset + entry.Written);
        entry.Written += bytes.Length;
    }

    /// <summary>
    /// Writes a whole tensor of the declared shape, from any device and with any strides, converted to the declared type where its own
    /// differs.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// No such tensor was declared, or one of another shape or of a type that TorchSharp lacks.
    /// </exception>
    public void Write(string name, Tensor tensor)
    {
        var spec = Find(name).Spec;
        if (!tensor.shape.AsSpan().SequenceEqual(spec.Shape.ToArray()))
            throw new ArgumentException($"'{name}' in {_file.Path} was declared with shape {spec.Shape.Show()}; "
                + $"the tensor given has {tensor.shape.Show()}.", nameof(tensor));
        var type = spec.Type.ToScalarType() ?? throw new ArgumentException(
            $"'{name}' in {_file.Path} was declared as {spec.Type.Code}, which TorchSharp has no tensors of; write its bytes.",
            nameof(name));
        using var _ = no_grad();
        var elements = Math.Min(tensor.numel(), TensorChunks.Bytes / spec.Type.Bytes);
        if (tensor.dtype == type && tensor.device_type == DeviceType.CPU && tensor.is_contiguous())
            TensorChunks.Visit(tensor, elements, (part, _) => Write(name, part.bytes));
        else
            WriteStaged(name, tensor, type, elements);
    }

    /// <summary>Flushes to disk and gives the file its name.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor has not all of its bytes.</exception>
    /// <exception cref="IOException">The disk is full, or the name is taken by something that cannot be replaced.</exception>
    public void Commit() => Commit(durable: true);

    /// <summary>The same; a file that is not durable need not outlive a power cut, and the disk is not waited for.</summary>
    internal void Commit(bool durable)
    {
        if (_entries.Values.FirstOrDefault(entry => entry.Written < entry.Bytes) is { } lacking)
            throw new InvalidOperationException($"'{lacking.Spec.Name}' in {_file.Path} has {lacking.Written} "
                + $"of its {lacking.Bytes} bytes; every declared tensor must be written before the file is committed.");
        _file.Commit(durable);
    }

    /// <summary>Closes the file, and removes it unless it was committed.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteStaged(string name, Tensor tensor, ScalarType type, long elements)
    {
        using var staging = empty(elements, type, CPU);
        TensorChunks.Visit(tensor, elements, (part, _) =>
        {
            using var staged = staging.narrow(0, 0, part.numel());
            using var __ = staged.copy_(part);
            Write(name, staged.bytes);
        });
    }

    private long Declare(string path, SafeTensorSpec spec, long begin)
    {
        if (spec.Name == SafeTensorsHeader.MetadataKey || _entries.ContainsKey(spec.Name))
            throw new SafeTensorsException("the name is taken; names must be unique, and other than __metadata__.", path, spec.Name);
        if (spec.Shape.Any(dimension => dimension < 0))
            throw new SafeTensorsException($"the shape is {spec.Shape.Show()}; no dimension may be negative.", path, spec.Name);
        try
        {
            var end = checked(begin + spec.Bytes);
            _entries.Add(spec.Name, new(spec) { Offset = begin });
            return end;
        }
        catch (OverflowException e)
        {
            throw new SafeTensorsException($"{spec.Type.Code} of shape {spec.Shape.Show()} makes the file larger than 2^63 - 1 bytes.",
                path, spec.Name, null, e);
        }
    }

    private byte[] Header(IEnumerable<SafeTensorSpec> specs, IReadOnlyDictionary<string, string>? metadata)
    {
        var fields = specs.Select(spec => _entries[spec.Name]).Select(entry => $"{PlainJson.Quote(entry.Spec.Name)}:"
            + $"{{\"dtype\":\"{entry.Spec.Type.Code}\",\"shape\":[{string.Join(',', entry.Spec.Shape)}],"
            + $"\"data_offsets\":[{entry.Offset},{entry.Offset + entry.Bytes}]}}");
        if (metadata is { Count: > 0 })
            fields = fields.Prepend($"\"{SafeTensorsHeader.MetadataKey}\":{{{string.Join(',', metadata
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{PlainJson.Quote(pair.Key)}:{PlainJson.Quote(pair.Value)}"))}}}");
        var json = Encoding.UTF8.GetBytes($"{{{string.Join(',', fields)}}}");
        var padded = (json.Length + 7) / 8 * 8;
        var header = new byte[SafeTensorsHeader.LengthBytes + padded];
        header.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, padded);
        json.CopyTo(header, SafeTensorsHeader.LengthBytes);
        return header;
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry) ? entry
        : throw new ArgumentException($"'{name}' was not declared for {_file.Path}.", nameof(name));

    private sealed class Entry(SafeTensorSpec spec)
    {
        public SafeTensorSpec Spec { get; } = spec;
        public long Bytes { get; } = spec.Bytes;
        public long Offset { get; set; }
        public long Written { get; set; }
    }
}
