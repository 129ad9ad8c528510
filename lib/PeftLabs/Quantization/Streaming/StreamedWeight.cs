using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// A frozen weight that is in memory only around its use (<see cref="WeightStream"/>); its results equal those of the same weight held in
/// memory, bit for bit. It can be read, converted and written, but nothing can be encoded into it.
/// </summary>
public sealed class StreamedWeight : StoredWeight
{
    private readonly StreamedMatrix _matrix;
    private readonly int _index;
    private WeightStream? _stream;
    private bool _disposed;

    internal StreamedWeight(StreamedMatrix matrix, int index, Device device)
        : base(matrix.Rows, matrix.Columns) => (_matrix, _index, Device) = (matrix, index, device);

    /// <summary>The stream that brings it.</summary>
    /// <exception cref="InvalidOperationException">The model is still being loaded.</exception>
    public WeightStream Stream => _stream
        ?? throw new InvalidOperationException(
            $"'{_matrix.Name}' is still being written to its stream; it can be used when the model is loaded.");

    /// <inheritdoc/>
    public override WeightFormat Format => _matrix.Format;

    /// <inheritdoc/>
    public override Device Device { get; }

    /// <summary>None: what is in memory is the stream's.</summary>
    public override IEnumerable<(string Role, Tensor Tensor)> Tensors => [];

    /// <inheritdoc/>
    public override Tensor Decode(long firstRow, long rows) => Use(weight => weight.Decode(firstRow, rows));

    /// <inheritdoc/>
    public override Tensor DecodeRows(Tensor indices) => Use(weight => weight.DecodeRows(indices));

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor x) => Use(weight => weight.Multiply(x));

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor gradient) => Use(weight => weight.MultiplyTransposed(gradient));

    /// <summary>Always refused.</summary>
    /// <exception cref="InvalidOperationException">The weight is frozen.</exception>
    public override void EncodeRows(long firstRow, Tensor values) => throw Frozen();

    /// <summary>Always refused.</summary>
    /// <exception cref="InvalidOperationException">The weight is frozen.</exception>
    public override void Add(Tensor update, double scale) => throw Frozen();

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        base.Dispose();
        _stream?.Release();
    }

    /// <summary>Gives it its stream, once the file is whole.</summary>
    internal void Attach(WeightStream stream) => _stream = stream;

    internal override T Use<T>(Func<StoredWeight, T> use)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Stream.Use(_matrix.Group, _index, use);
    }

    private protected override void Encode(long firstRow, ReadOnlySpan<float> values, int threads) => throw Frozen();

    private InvalidOperationException Frozen() => new(
        $"'{_matrix.Name}' is streamed from {Stream.Path} and frozen: an adapter can hang on it, but nothing is merged or encoded into it. "
        + "Load the model without streaming, or convert the projection first.");
}
