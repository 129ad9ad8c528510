using System.Diagnostics;

namespace PeftLabs.Hub;

/// <summary>
/// Adds up what several downloads at once have done, and reports it: ten times a second at most, at each file's end, and of every wait.
/// </summary>
internal sealed class PullTracker(IProgress<HubProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly TransferRate _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _done, _total, _downloaded;
    private int _filesDone, _files;
    private double _reported = double.NegativeInfinity;

    /// <summary>Bytes that came over the network in this pull.</summary>
    public long Downloaded => Interlocked.Read(ref _downloaded);

    private double Now => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>All files that are wanted. Before this is known, only notices are reported.</summary>
    public void Expect(IReadOnlyCollection<HubFile> files)
    {
        lock (_lock)
            (_files, _total) = (files.Count, files.Sum(file => file.Size));
    }

    /// <summary>Bytes that were there before, or, below 0, that are thrown away.</summary>
    public void Adjust(long bytes)
    {
        lock (_lock)
            _done += bytes;
    }

    /// <summary>Bytes have arrived.</summary>
    public void Received(int bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            _downloaded += bytes;
            var now = Now;
            _rate.Add(now, bytes);
            if (now - _reported >= 0.1)
                Report(now, null);
        }
    }

    /// <summary>A file is complete and checked.</summary>
    public void FileDone()
    {
        lock (_lock)
        {
            _filesDone++;
            Report(Now, null);
        }
    }

    /// <summary>Something that a reader should know.</summary>
    public void Notice(string text)
    {
        lock (_lock)
            Report(Now, text);
    }

    private void Report(double now, string? notice)
    {
        if (_files == 0 && notice is null)
            return;
        _reported = now;
        progress?.Report(new HubProgress
        {
            Done = _done,
            Total = _total,
            FilesDone = _filesDone,
            Files = _files,
            BytesPerSecond = _rate.At(now),
            Notice = notice,
        });
    }
}
