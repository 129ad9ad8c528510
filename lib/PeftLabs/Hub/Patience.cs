using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>Makes attempts again that failed for a reason which may pass: at once never, for ever neither.</summary>
internal sealed class Patience(HubOptions options, Action<string> notice)
{
    /// <summary>So many new bytes, and earlier failures are forgotten: a line that breaks now and then still brings a large file.</summary>
    private const long Forgiving = 1 << 20;

    private long _waitedTicks;

    /// <summary>
    /// Runs attempts at <paramref name="what"/> until one ends well. <paramref name="progress"/> tells the bytes that the attempts
    /// have brought so far.
    /// </summary>
    /// <exception cref="HubException">There were too many failures in a row, or the hub asks for too long a wait.</exception>
    public async Task<T> RunAsync<T>(string what, Func<Task<T>> attempt, Func<long> progress, CancellationToken cancellation)
    {
        var (failures, reached) = (0, progress());
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (TransientException e)
            {
                var now = progress();
                if (now - reached >= Forgiving)
                    (failures, reached) = (0, now);
                reached = Math.Min(reached, now); // what was thrown away comes again
                var wait = e.AskedWait is { } asked ? Asked(what, e, asked) : Backoff(what, e, ++failures);
                notice($"{what}: {e.Message}; again in {TimeText.Format(wait)}");
                await Task.Delay(wait, cancellation);
            }
        }
    }

    private TimeSpan Asked(string what, TransientException e, TimeSpan asked)
    {
        // A server that says "at once" for ever would be asked for ever.
        var wait = asked > options.FirstBackoff ? asked : options.FirstBackoff;
        var waited = TimeSpan.FromTicks(Interlocked.Add(ref _waitedTicks, wait.Ticks));
        return waited <= options.LongestWait ? wait : throw new HubException(e.Failure,
            $"{what}: {e.Message}, and asks to come back in {TimeText.Format(asked)}; with the waits before, that is longer than the "
            + $"{TimeText.Format(options.LongestWait)} of LongestWait. Try again later"
            + (options.Token is null ? "; with a token in HF_TOKEN the hub allows more." : "."), e);
    }

    private TimeSpan Backoff(string what, TransientException e, int failures) =>
        failures <= options.Retries ? options.FirstBackoff * Math.Pow(2, Math.Min(failures - 1, 5)) : throw new HubException(
            e.Failure, $"{what}: {e.Message}, {failures} times in a row. What has arrived is kept; the same pull goes on from there.", e);
}
