using System.Diagnostics;
using TorchSharp;

namespace PeftLabs.Cli.Doctor;

/// <summary>How fast this machine computes and copies, the best of several tries.</summary>
public static class Speed
{
    private const int Side = 1024;
    private const long CopiedFloats = 32 << 20;

    /// <summary>A float32 product of two 1024×1024 matrices on the CPU, in 10⁹ floating-point operations a second.</summary>
    /// <remarks>A product takes 2·n³ operations.</remarks>
    public static double MatmulGflops(CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var (left, right) = (torch.randn(Side, Side), torch.randn(Side, Side));
        return 2.0 * Side * Side * Side / 1e9 / FastestSeconds(() => torch.matmul(left, right).Dispose(), cancellation);
    }

    /// <summary>A copy of 128 MiB from one tensor to another on the CPU, in 10⁹ bytes written a second.</summary>
    public static double CopyGigabytesPerSecond(CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        // Not zeros: untouched pages of those are all the same one, which sits in the cache.
        var (from, to) = (torch.ones(CopiedFloats), torch.ones(CopiedFloats));
        return CopiedFloats * sizeof(float) / 1e9 / FastestSeconds(() => to.copy_(from), cancellation);
    }

    /// <summary>Repeats for half a second, three times at least, after a first one that warms up.</summary>
    private static double FastestSeconds(Action action, CancellationToken cancellation)
    {
        action();
        var (fastest, begin) = (double.MaxValue, Stopwatch.GetTimestamp());
        for (var i = 0; i < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.5; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return fastest;
    }
}
