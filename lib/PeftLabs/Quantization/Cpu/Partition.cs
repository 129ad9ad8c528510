namespace PeftLabs.Quantization.Cpu;

/// <summary>Splits a range over threads; a small range stays on the calling thread.</summary>
internal static class Partition
{
    /// <summary>Weights below which a second thread costs more than it saves.</summary>
    public const long Grain = 1 << 17;

    /// <summary>Runs the body over [0, items) in ranges that start at multiples of <paramref name="unit"/>.</summary>
    public static void Run(long items, long unit, long weightsPerItem, int threads, Action<long, long> body)
    {
        var parts = Math.Min(items * weightsPerItem / Grain, threads == 1 ? 1 : 4L * threads);
        if (parts <= 1)
        {
            if (items > 0)
                body(0, items);
            return;
        }
        var units = (items + unit - 1) / unit;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            var (first, end) = (units * part / parts * unit, Math.Min(items, units * (part + 1) / parts * unit));
            if (first < end)
                body(first, end);
        });
    }
}
