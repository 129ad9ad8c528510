using System.Diagnostics;
using System.Runtime.InteropServices;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Quantization;

/// <summary>
/// Measures the codecs against the machine's copy bandwidth. The matrix is far larger than the caches; every figure is the fastest of
/// several runs, since what else runs on the machine can only slow one down.
/// </summary>
public sealed unsafe class CodecBenchmark
{
    private const double MinimumSeconds = 0.5;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int _threads;
    private readonly int _repeats;
    private readonly float[] _weights;
    private readonly float[] _values;
    private double _copyBytesPerSecond;

    /// <summary>A benchmark on normal random weights [rows, columns].</summary>
    /// <param name="rows">Rows; 8192 with 4096 columns are 128 MiB in float32.</param>
    /// <param name="columns">Columns, a multiple of 4096 so that every block size divides a row.</param>
    /// <param name="threads">Threads at most; 0 for all cores.</param>
    /// <param name="repeats">Runs of which the fastest counts.</param>
    public CodecBenchmark(int rows = 8192, int columns = 4096, int threads = 0, int repeats = 7)
    {
        if (columns % 4096 != 0)
            throw new ArgumentOutOfRangeException(nameof(columns), columns, "A multiple of 4096 is needed.");
        (_rows, _columns, _repeats) = (rows, columns, repeats);
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
        _weights = GC.AllocateUninitializedArray<float>(checked(rows * columns), pinned: true);
        _values = GC.AllocateUninitializedArray<float>(_weights.Length, pinned: true);
        var random = new Random(1);
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 0.04f;
    }

    /// <summary>The instruction sets that this machine runs, the fastest first.</summary>
    public static IReadOnlyList<string> Paths => [.. CpuKernels.Available.Select(kernels => kernels.Name)];

    /// <summary>Measures every format and operation with the fastest instruction set, or with the named one.</summary>
    /// <exception cref="ArgumentException">This machine has no such instruction set.</exception>
    public IEnumerable<CodecMeasurement> Run(string? path = null)
    {
        var kernels = CpuKernels.Available.FirstOrDefault(kernels => path is null || kernels.Name == path)
            ?? throw new ArgumentException($"This machine runs {string.Join(", ", Paths)}, not {path}.", nameof(path));
        var copied = Copy();
        yield return new("memory", "copy", "", _weights.Length, 8L * _weights.Length, copied, _copyBytesPerSecond);
        foreach (var measurement in FourBit(kernels).Concat(EightBit(kernels)).Concat(SixteenBit(kernels)))
            yield return measurement;
    }

    // The copy is repeated before each measurement, and its fastest run so far is the ceiling.
    private double Copy()
    {
        var bytes = sizeof(float) * (long)_weights.Length;
        var source = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(_weights, 0);
        var target = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);
        var seconds = Fastest(() => Partition.Run(bytes, 4096, 1, _threads,
            (first, end) => Buffer.MemoryCopy((byte*)source + first, (byte*)target + first, end - first, end - first)));
        _copyBytesPerSecond = Math.Max(_copyBytesPerSecond, 2 * bytes / seconds);
        return seconds;
    }

    private IEnumerable<CodecMeasurement> FourBit(CpuKernels kernels)
    {
        foreach (var book in new[] { CodeBook4.NF4, CodeBook4.FP4 })
        {
            var codec = new BlockCodec4(book, 64) { Kernels = kernels, Threads = _threads };
            var (packed, absMax) = (Pinned<byte>(_weights.Length / 2), Pinned<float>(_weights.Length / 64));
            var (codes, nested) = (Pinned<byte>(absMax.Length), Pinned<float>(DoubleQuantization.NestedBlocks(absMax.Length)));
            long scaleBytes = sizeof(float) * absMax.Length, nestedBytes = codes.Length + sizeof(float) * nested.Length;
            yield return Measure(book.Name, "quantize", codec.Kernels, packed.Length + scaleBytes + FloatBytes,
                () => codec.Quantize(_weights, packed, absMax));
            yield return Measure(book.Name, "dequantize", codec.Kernels, packed.Length + scaleBytes + FloatBytes,
                () => codec.View(packed, absMax, _rows, _columns).Dequantize(_values));
            var offset = DoubleQuantization.Encode(absMax, codes, nested);
            var name = book.Name + " double";
            yield return Measure(name, "dequantize", codec.Kernels, packed.Length + nestedBytes + FloatBytes,
                () => codec.View(packed, new(codes, nested, offset), _rows, _columns).Dequantize(_values));
            BlockMatrix4 View() => codec.View(packed, new(codes, nested, offset), _rows, _columns);
            foreach (var tiled in Tiles(name, kernels, packed.Length + nestedBytes,
                (first, rows) => View().DequantizeRows(first, rows, Tile(rows)),
                (first, rows) => View().DequantizeRowsTransposed(first, rows, Tile(rows)),
                (x, y) => View().Multiply(x, y)))
                yield return tiled;
        }
    }

    private IEnumerable<CodecMeasurement> EightBit(CpuKernels kernels)
    {
        var dynamic = new DynamicCodec8(256) { Kernels = kernels, Threads = _threads };
        var (codes, absMax) = (Pinned<byte>(_weights.Length), Pinned<float>(_weights.Length / 256));
        long dynamicBytes = codes.Length + sizeof(float) * absMax.Length;
        yield return Measure("int8 dynamic", "quantize", kernels, dynamicBytes + FloatBytes,
            () => dynamic.Quantize(_weights, codes, absMax));
        yield return Measure("int8 dynamic", "dequantize", kernels, dynamicBytes + FloatBytes,
            () => dynamic.View(codes, absMax, _rows, _columns).Dequantize(_values));
        yield return Measure("int8 dynamic", "matrix × vector", kernels, dynamicBytes,
            () => dynamic.View(codes, absMax, _rows, _columns).Multiply(_weights.AsSpan(0, _columns), _values.AsSpan(0, _rows)));
        var rowWise = new RowCodec8 { Kernels = kernels, Threads = _threads };
        var (rowCodes, rowAbsMax) = (Pinned<sbyte>(_weights.Length), Pinned<float>(_rows));
        yield return Measure("int8 row-wise", "quantize", kernels, rowCodes.Length + FloatBytes,
            () => rowWise.Quantize(_weights, _columns, rowCodes, rowAbsMax));
        yield return Measure("int8 row-wise", "dequantize", kernels, rowCodes.Length + FloatBytes,
            () => rowWise.View(rowCodes, rowAbsMax, _columns).Dequantize(_values));
        yield return Measure("int8 row-wise", "matrix × vector", kernels, rowCodes.Length,
            () => rowWise.View(rowCodes, rowAbsMax, _columns).Multiply(_weights.AsSpan(0, _columns), _values.AsSpan(0, _rows)));
    }

    private IEnumerable<CodecMeasurement> SixteenBit(CpuKernels kernels)
    {
        foreach (var format in Enum.GetValues<SixteenBitFormat>())
        {
            var codec = new SixteenBitCodec(format) { Kernels = kernels, Threads = _threads };
            var codes = Pinned<ushort>(_weights.Length);
            var name = format.ToString().ToLowerInvariant();
            yield return Measure(name, "narrow", kernels, FloatBytes + FloatBytes / 2, () => codec.Narrow(_weights, codes));
            yield return Measure(name, "widen", kernels, FloatBytes + FloatBytes / 2, () => codec.Widen(codes, _values));
            yield return Measure(name, "matrix × vector", kernels, FloatBytes / 2,
                () => codec.View(codes, _rows, _columns).Multiply(_weights.AsSpan(0, _columns), _values.AsSpan(0, _rows)));
        }
    }

    // Tiles of 64 rows into one buffer of 1 MiB, as a projection reads them; only the codes come from memory.
    private IEnumerable<CodecMeasurement> Tiles(
        string format, CpuKernels kernels, long bytes, Action<int, int> read, Action<int, int> readTransposed, Product multiply)
    {
        yield return Measure(format, "tiles of 64 rows", kernels, bytes + FloatBytes, () => EachTile(read));
        yield return Measure(format, "transposed tiles", kernels, bytes + FloatBytes, () => EachTile(readTransposed));
        yield return Measure(format, "matrix × vector", kernels, bytes,
            () => multiply(_weights.AsSpan(0, _columns), _values.AsSpan(0, _rows)));
    }

    private delegate void Product(ReadOnlySpan<float> x, Span<float> y);

    private void EachTile(Action<int, int> read)
    {
        for (var row = 0; row < _rows; row += 64)
            read(row, Math.Min(64, _rows - row));
    }

    private Span<float> Tile(int rows) => _values.AsSpan(0, rows * _columns);

    private long FloatBytes => sizeof(float) * (long)_weights.Length;

    private static T[] Pinned<T>(int count) => GC.AllocateUninitializedArray<T>(count, pinned: true);

    private CodecMeasurement Measure(string format, string operation, CpuKernels kernels, long bytes, Action run)
    {
        Copy();
        return new(format, operation, kernels.Name, _weights.Length, bytes, Fastest(run), _copyBytesPerSecond);
    }

    private double Fastest(Action run)
    {
        var (fastest, begin) = (double.MaxValue, Stopwatch.GetTimestamp());
        for (var i = 0; i < _repeats || Stopwatch.GetElapsedTime(begin).TotalSeconds < MinimumSeconds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return fastest;
    }
}
