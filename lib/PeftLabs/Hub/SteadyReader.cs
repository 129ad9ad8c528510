using System.Net.Http;
using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>
/// Reads an answer's content and gives up where too little of it arrives: each time that so many bytes have come, there is the whole
/// of <see cref="HubOptions.StallTimeout"/> for as many again. What goes wrong on the way is a <see cref="TransientException"/>.
/// </summary>
internal sealed class SteadyReader : IDisposable
{
    private readonly Stream _source;
    private readonly HubOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _limit;
    private readonly long _quota;
    private long _missing;

    public SteadyReader(Stream source, HubOptions options, CancellationToken cancellation)
    {
        (_source, _options, _cancellation) = (source, options, cancellation);
        _missing = _quota = Math.Max(1, (long)(options.MinimumBytesPerSecond * options.StallTimeout.TotalSeconds));
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _limit.CancelAfter(options.StallTimeout);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            var read = await _source.ReadAsync(buffer, _limit.Token);
            _missing -= read;
            if (_missing > 0)
                return read;
            _missing = _quota;
            _limit.CancelAfter(_options.StallTimeout);
            return read;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            _cancellation.ThrowIfCancellationRequested();
            throw _limit.IsCancellationRequested
                ? new TransientException(HubFailure.Stalled, $"fewer than {_quota} bytes arrived in {TimeText.Format(_options.StallTimeout)}", null, e)
                : new TransientException(HubFailure.Unreachable, "the connection broke", null, e);
        }
    }

    public void Dispose() => _limit.Dispose();
}
