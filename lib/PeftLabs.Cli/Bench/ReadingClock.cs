using System.Diagnostics;

namespace PeftLabs.Cli.Bench;

/// <summary>Times ways to use the same files beside reading them in big blocks, with the files in memory before and without.</summary>
/// <param name="files">The files.</param>
/// <param name="repeats">How often each way is gone; the fastest counts.</param>
/// <param name="progress">Told what is done now.</param>
/// <param name="cancellation">Stops between two measurements.</param>
internal sealed class ReadingClock(IReadOnlyList<string> files, int repeats, Action<string> progress, CancellationToken cancellation)
{
    private const int Block = 1 << 20;

    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(Block, pinned: true);

    /// <summary>Measures; the first of the result is the raw reading. The ways take turns, for a disk is not the same at all times.</summary>
    /// <param name="counted">The file or files whose bytes a way is said to read.</param>
    /// <param name="ways">Each with its name; what it gives is disposed of after its time is taken.</param>
    public IReadOnlyList<LoadSpeed> Measure(IReadOnlyList<string> counted, params (string Name, Func<IDisposable?> Act)[] ways)
    {
        ways = [("raw reading in blocks of 1 MiB", () => Read(counted)), .. ways];
        var (cold, warm) = (new double[ways.Length], new double[ways.Length]);
        Array.Fill(cold, double.PositiveInfinity);
        Array.Fill(warm, double.PositiveInfinity);
        for (var repeat = 0; repeat < repeats; repeat++)
            for (var way = 0; way < ways.Length; way++)
            {
                Evict();
                var without = Seconds(ways[way].Act);
                Read(files);
                var with = Seconds(ways[way].Act);
                (cold[way], warm[way]) = (Math.Min(cold[way], without), Math.Min(warm[way], with));
                progress(FormattableString.Invariant($"{ways[way].Name}, {repeat + 1} of {repeats}: cold {without:0.000} s, warm {with:0.000} s"));
            }
        var bytes = counted.Sum(file => new FileInfo(file).Length);
        var isCold = OperatingSystem.IsLinux();
        return [.. ways.Select((way, i) => new LoadSpeed(way.Name, bytes, isCold ? cold[i] : null, warm[i],
            isCold && i > 0 ? cold[i] / cold[0] : null, i > 0 ? warm[i] / warm[0] : null))];
    }

    private double Seconds(Func<IDisposable?> act)
    {
        cancellation.ThrowIfCancellationRequested();
        FreeMemory.GiveBack();
        var start = Stopwatch.GetTimestamp();
        var result = act();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        result?.Dispose();
        return seconds;
    }

    private void Evict()
    {
        if (OperatingSystem.IsLinux())
            foreach (var file in files)
                PageCache.Evict(file);
    }

    private IDisposable? Read(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            for (long at = 0, read = 1; read > 0; at += read)
                read = RandomAccess.Read(file, _block, at);
        }
        return null;
    }
}
