namespace PeftLabs.Hub;

/// <summary>Bytes a second over the last seconds.</summary>
internal sealed class TransferRate(double windowSeconds = 10)
{
    private readonly Queue<(double Second, long Bytes)> _samples = [];
    private long _bytes;
    private double? _start;

    /// <summary>Counts bytes that arrived up to a moment, in seconds of any clock that does not go back.</summary>
    public void Add(double second, long bytes)
    {
        _start ??= second;
        _samples.Enqueue((second, bytes));
        _bytes += bytes;
        while (_samples.Peek().Second < second - windowSeconds)
            _bytes -= _samples.Dequeue().Bytes;
    }

    /// <summary>The rate at a moment; null in the first half second, when it would only be noise.</summary>
    public double? At(double second)
    {
        var span = Math.Min(second - (_start ?? second), windowSeconds);
        return span >= 0.5 ? _bytes / span : null;
    }
}
