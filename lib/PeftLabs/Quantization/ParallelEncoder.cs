using PeftLabs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// Fills matrices from sources of rows over all cores: each core reads some rows in float32 and encodes them while they are in its
/// cache. Whatever a matrix's size, no more than <see cref="BufferBytes"/> are full-precision at a time, in one buffer for all matrices:
/// one each would leave the allocator with holes between the weights.
/// </summary>
public sealed class ParallelEncoder : IDisposable
{
    /// <summary>Bytes of float32 rows at most, unless the blocks of one unit of rows take more.</summary>
    public const long BufferBytes = 32 << 20;

    private const long ChunkValues = 1 << 20;

    private Tensor? _buffer;

    /// <summary>
    /// Values of the buffer through which a matrix <c>[rows, columns]</c> goes to a format on so many cores; a matrix in float32 on a CPU
    /// needs none.
    /// </summary>
    internal static long BufferValues(WeightFormat format, long rows, long columns, int cores)
    {
        var chunk = ChunkRows(format, rows, columns);
        return Workers(rows, columns, chunk, cores) * chunk * columns;
    }

    /// <summary>Encodes every row and completes the matrix.</summary>
    /// <param name="weight">The matrix.</param>
    /// <param name="read">Gives its rows.</param>
    /// <param name="encoded">Told, on whatever thread and one call at a time, how many rows were encoded just now.</param>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite, and the format cannot hold it: the first such value.</exception>
    public void Encode(StoredWeight weight, RowReader read, Action<long>? encoded = null)
    {
        var run = new Run(weight, read, encoded);
        if (weight.Rows > 0)
            run.Encode(Buffer);
        weight.Complete();
    }

    /// <summary>Frees the buffer.</summary>
    public void Dispose() => _buffer?.Dispose();

    private Tensor Buffer(long values)
    {
        if (_buffer is { } large && large.numel() >= values)
            return large;
        _buffer?.Dispose();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        return _buffer = empty([values], dtype: ScalarType.Float32).DetachFromDisposeScope();
    }

    private static long ChunkRows(WeightFormat format, long rows, long columns)
    {
        var unit = format.RowUnit(columns);
        return Math.Min(rows, Math.Max(1, ChunkValues / Math.Max(1, columns) / unit) * unit);
    }

    private static long Workers(long rows, long columns, long chunk, int cores) =>
        Math.Clamp(BufferBytes / sizeof(float) / (chunk * columns), 1, Math.Min((rows + chunk - 1) / chunk, cores));

    private sealed unsafe class Run(StoredWeight weight, RowReader read, Action<long>? encoded)
    {
        private readonly Lock _lock = new();
        private readonly long _rows = ChunkRows(weight.Format, weight.Rows, weight.Columns);
        private long _next = -1;
        private (long Chunk, Exception Reason)? _failure;

        public void Encode(Func<long, Tensor> buffer)
        {
            var chunks = (weight.Rows + _rows - 1) / _rows;
            var values = _rows * weight.Columns;
            var workers = Workers(weight.Rows, weight.Columns, _rows, Environment.ProcessorCount);
            // What is read of a plain matrix is what is stored: no buffer between.
            var room = weight is DenseWeight { IsPlain: true } ? [] : buffer(workers * values).Span<float>();
            fixed (float* rows = room)
            {
                var first = (nint)rows;
                Parallel.For(0, workers, worker => Work(first == 0 ? null : (float*)first + worker * values, chunks));
            }
            if (_failure is { } failure)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.Reason);
        }

        // Chunks are taken in order, so those before one that fails have been taken, too, and the first failure is known in the end.
        private void Work(float* buffer, long chunks)
        {
            for (var chunk = Interlocked.Increment(ref _next); chunk < chunks && _failure is null; chunk = Interlocked.Increment(ref _next))
                try
                {
                    EncodeChunk(chunk * _rows, buffer);
                }
                catch (Exception e)
                {
                    lock (_lock)
                        if (_failure is null || chunk < _failure.Value.Chunk)
                            _failure = (chunk, e);
                }
        }

        private void EncodeChunk(long row, float* buffer)
        {
            var count = Math.Min(_rows, weight.Rows - row);
            if (buffer is null)
            {
                ((DenseWeight)weight).ReadInPlace(row, count, read);
            }
            else
            {
                var values = new Span<float>(buffer, checked((int)(count * weight.Columns)));
                read(row, values);
                weight.EncodeRows(row, values);
            }
            if (encoded is not null)
                lock (_lock)
                    encoded(count);
        }
    }
}
