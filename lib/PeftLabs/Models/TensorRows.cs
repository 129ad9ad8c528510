using System.Buffers;
using System.Runtime.InteropServices;
using PeftLabs.Formats;
using PeftLabs.Quantization;

namespace PeftLabs.Models;

/// <summary>The rows of a matrix in a safetensors file, widened to float32.</summary>
internal sealed class TensorRows(SafeTensorsFile file, SafeTensorInfo tensor)
{
    // Few enough that a core reads its own pages while they are in its cache.
    private const int PartValues = 1 << 18;

    private static readonly SixteenBitCodec BFloat16 = new(SixteenBitFormat.BFloat16) { Threads = 1 };
    private static readonly SixteenBitCodec Float16 = new(SixteenBitFormat.Float16) { Threads = 1 };

    /// <summary>Fills the values with rows from <paramref name="firstRow"/> on.</summary>
    public void Read(long firstRow, Span<float> values)
    {
        var first = firstRow * tensor.Shape[1];
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(PartValues, values.Length) * tensor.Type.Bytes);
        for (var at = 0; at < values.Length; at += PartValues)
        {
            var part = values.Slice(at, Math.Min(PartValues, values.Length - at));
            var bytes = buffer.AsSpan(0, part.Length * tensor.Type.Bytes);
            // Copied, not seen through the map: so the system reads ahead.
            file.ReadBytes(tensor, (first + at) * tensor.Type.Bytes, bytes);
            Widen(bytes, part);
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Fills the values with rows, from <paramref name="firstRow"/> on, of the matrix turned around: with columns of the file's.</summary>
    public void ReadTransposed(long firstRow, Span<float> values)
    {
        var (columns, width) = ((int)tensor.Shape[0], tensor.Shape[1]);
        var rows = values.Length / columns;
        var part = new float[rows];
        for (var column = 0; column < columns; column++)
        {
            Widen(file.View(tensor, (column * width + firstRow) * tensor.Type.Bytes, rows * tensor.Type.Bytes), part);
            for (var row = 0; row < rows; row++)
                values[row * columns + column] = part[row];
        }
    }

    private void Widen(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (tensor.Type)
        {
            case SafeTensorType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case SafeTensorType.BFloat16:
                BFloat16.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case SafeTensorType.Float16:
                Float16.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            default:
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)doubles[i];
                break;
        }
    }
}
