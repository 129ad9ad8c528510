using System.Collections.Concurrent;
using PeftLabs.Quantization.Streaming;

namespace PeftLabs.Tests.Quantization.Streaming;

/// <summary>A source that tells what it is asked for, and reads nothing until it is let.</summary>
internal sealed class GatedSource(IGroupSource inner, bool open) : IGroupSource
{
    private readonly BlockingCollection<int> _asked = [];
    private readonly SemaphoreSlim _gate = new(open ? int.MaxValue / 2 : 0);

    public string Path => inner.Path;

    /// <summary>Fails the reading of this group.</summary>
    public int? Fails { get; set; }

    /// <summary>Whether it was closed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The next group asked for; a test that waits in vain fails.</summary>
    public int NextAsked() => _asked.TryTake(out var group, TimeSpan.FromSeconds(30)) ? group
        : throw new TimeoutException("nothing was read");

    /// <summary>Lets so many groups be read.</summary>
    public void Open(int groups) => _gate.Release(groups);

    public void Read(int group, IReadOnlyList<NativeRange> parts, CancellationToken cancellation)
    {
        _asked.Add(group, CancellationToken.None);
        _gate.Wait(cancellation);
        if (Fails == group)
            throw new IOException($"group {group} is gone");
        inner.Read(group, parts, cancellation);
    }

    public ReadOnlySpan<float> Scalars(StreamedMatrix matrix) => inner.Scalars(matrix);

    public void Dispose()
    {
        IsDisposed = true;
        inner.Dispose();
    }
}
