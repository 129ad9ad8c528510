using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// A safetensors file, memory-mapped: opening it reads the header alone; each tensor goes straight from the file to where it will
/// live, so that loading never holds two copies. Every invariant of the format is
/// checked on opening (https://huggingface.co/docs/safetensors, the section on the format). Several threads may read at once.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, SafeTensorInfo> _byName;

    private SafeTensorsFile(string path, MappedFile file)
    {
        (Path, _file) = (path, file);
        _header = SafeTensorsHeader.Read(file, path);
        _byName = _header.Tensors.ToDictionary(tensor => tensor.Name);
        file.Release(0, _header.Bytes);
    }

    /// <summary>The file, as it was named to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafeTensorInfo> Tensors => _header.Tensors;

    /// <summary>The strings under <c>__metadata__</c>, such as format = pt; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Bytes before the first tensor's data: the length field and the JSON.</summary>
    public long HeaderBytes => _header.Bytes;

    /// <summary>Maps the file and checks its header.</summary>
    /// <exception cref="SafeTensorsException">The file breaks the format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafeTensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of that name; false where the file has none.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafeTensorInfo? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>
    /// <paramref name="bytes"/> bytes of a tensor of this file from <paramref name="firstByte"/> on (counted from the tensor's first),
    /// in place: not copied, valid until <see cref="Dispose"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor is not one of this file, or the range leaves it.</exception>
    public ReadOnlySpan<byte> View(SafeTensorInfo tensor, long firstByte, int bytes)
    {
        CheckRange(tensor, firstByte, bytes);
        return _file.Span(tensor.Offset + firstByte, bytes);
    }

    /// <summary>
    /// Tells the system that these bytes of a tensor are not needed any more, so that they leave resident memory (on Linux; elsewhere
    /// nothing happens). They stay readable.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor is not one of this file, or the range leaves it.</exception>
    public void Release(SafeTensorInfo tensor, long firstByte, long bytes)
    {
        CheckRange(tensor, firstByte, bytes);
        _file.Release(tensor.Offset + firstByte, bytes);
    }

    /// <summary>Copies bytes of a tensor from <paramref name="firstByte"/> on.</summary>
    /// <exception cref="ArgumentException">The tensor is not one of this file, or the range leaves it.</exception>
    /// <exception cref="IOException">The file cannot be read, or has become shorter.</exception>
    internal void ReadBytes(SafeTensorInfo tensor, long firstByte, Span<byte> destination)
    {
        CheckRange(tensor, firstByte, destination.Length);
        _file.Read(tensor.Offset + firstByte, destination);
    }

    /// <summary>
    /// Copies a tensor into <paramref name="destination"/> of the same shape, on any device and with any strides, converting where the
    /// type differs, a few MiB at a time.
    /// </summary>
    /// <exception cref="SafeTensorsException">No such tensor, another shape, or a type that TorchSharp lacks.</exception>
    public void ReadInto(string name, Tensor destination)
    {
        var tensor = Find(name);
        if (!destination.shape.AsSpan().SequenceEqual(tensor.Shape.ToArray()))
            throw Fault(tensor, $"its shape is {tensor.Shape.Show()}, "
                + $"but it was to be read into one of shape {destination.shape.Show()}.");
        CopyOrConvert(destination, tensor, 0);
    }

    /// <summary>As <see cref="ReadInto"/>, but only the rows of a matrix from <paramref name="firstRow"/> on, as many as the destination has.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, no matrix of as many columns and rows, or a type that TorchSharp lacks.</exception>
    public void ReadRowsInto(string name, long firstRow, Tensor destination)
    {
        var tensor = Find(name);
        if (tensor.Shape is not [var rows, var columns] || destination.shape is not [var count, var width]
            || width != columns || firstRow < 0 || firstRow > rows - count)
            throw Fault(tensor, $"its shape is {tensor.Shape.Show()}, but rows from {firstRow} on were to be read into "
                + $"one of shape {destination.shape.Show()}.");
        CopyOrConvert(destination, tensor, firstRow * columns);
    }

    /// <summary>A new tensor with the named one's values, in its own type and on the CPU unless said otherwise.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, or its type is one that TorchSharp lacks.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null)
    {
        var tensor = Find(name);
        var result = empty(tensor.Shape.ToArray(), dtype ?? Scalar(tensor), device ?? CPU);
        try
        {
            ReadInto(name, result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file; spans of <see cref="View"/> become invalid.</summary>
    public void Dispose() => _file.Dispose();

    private void CopyOrConvert(Tensor destination, SafeTensorInfo tensor, long from)
    {
        var type = Scalar(tensor);
        using var _ = no_grad();
        if (destination.dtype == type && destination.device_type == DeviceType.CPU && destination.is_contiguous())
            TensorChunks.Visit(destination, TensorChunks.Bytes / tensor.Type.Bytes, (part, first) => Fill(part, tensor, from + first));
        else
            ConvertInto(destination, tensor, type, from);
    }

    private void ConvertInto(Tensor destination, SafeTensorInfo tensor, ScalarType type, long from)
    {
        var most = Math.Min(tensor.Elements, TensorChunks.Bytes / tensor.Type.Bytes);
        using var staging = empty(most, type, CPU);
        TensorChunks.Visit(destination, most, (part, first) =>
        {
            using var staged = staging.narrow(0, 0, part.numel());
            Fill(staged, tensor, from + first);
            using var __ = part.copy_(staged);
        });
    }

    private void Fill(Tensor part, SafeTensorInfo tensor, long firstElement)
    {
        var target = part.bytes;
        var firstByte = firstElement * tensor.Type.Bytes;
        ReadBytes(tensor, firstByte, target);
    }

    private SafeTensorInfo Find(string name) => TryGet(name, out var tensor) ? tensor
        : throw SafeTensorsException.NoSuchTensor(Path, name, _byName.Keys);

    private ScalarType Scalar(SafeTensorInfo tensor) => tensor.Type.ToScalarType() ?? throw Fault(tensor,
        $"its type is {tensor.Type.Code}, which TorchSharp has no tensors of; read its bytes with {nameof(View)}.");

    private void CheckRange(SafeTensorInfo tensor, long firstByte, long bytes)
    {
        if (!_byName.TryGetValue(tensor.Name, out var own) || own != tensor)
            throw new ArgumentException($"'{tensor.Name}' as described is no tensor of {Path}; take it from {nameof(Tensors)}.",
                nameof(tensor));
        if (firstByte < 0 || bytes < 0 || firstByte > tensor.Bytes - bytes)
            throw new ArgumentOutOfRangeException(nameof(firstByte),
                $"{bytes} bytes from {firstByte} on are not within the {tensor.Bytes} of '{tensor.Name}' in {Path}.");
    }

    private SafeTensorsException Fault(SafeTensorInfo tensor, string message) => new(message, Path, tensor.Name, tensor.Offset);
}
