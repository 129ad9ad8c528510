using TorchSharp;

namespace PeftLabs.Labs;

/// <summary>How fast libtorch multiplies float32 matrices on the CPU with the threads that it is set to.</summary>
public static class MatmulBenchmark
{
    /// <summary>Billions of floating-point operations a second in a product of two [size, size] matrices (2 size³ operations): the
    /// median of up to seven products after one to warm up, cut short after two seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static double GigaflopsPerSecond(int size = 2048)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        using var scope = torch.NewDisposeScope();
        using var none = torch.no_grad();
        var (a, b) = (torch.rand(size, size), torch.rand(size, size));
        var seconds = Timing.Median(() => a.mm(b).Dispose(), repeats: 7, limitSeconds: 2);
        return 2.0 * size * size * size / seconds / 1e9;
    }
}
