using System.Runtime.InteropServices;

namespace PeftLabs.Labs;

/// <summary>How fast memory is copied with all cores at once: the bound of whatever reads weights and writes them elsewhere.</summary>
public static class CopyBenchmark
{
    /// <summary>Bytes copied a second (each is read once and written once): the median of up to nine copies after one to warm up, cut
    /// short after two seconds.</summary>
    /// <param name="bytes">How much is copied; far more than the caches hold, so that memory is measured.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is below a byte a core.</exception>
    public static unsafe double BytesPerSecond(long bytes = 256L << 20)
    {
        var cores = Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, cores);
        var (source, target) = ((nint)NativeMemory.AllocZeroed((nuint)bytes), (nint)NativeMemory.AllocZeroed((nuint)bytes));
        try
        {
            // Unwritten pages all are the one page of zeros.
            NativeMemory.Fill((void*)source, (nuint)bytes, 1);
            var seconds = Timing.Median(() => Parallel.For(0, cores, core =>
            {
                var (start, end) = (bytes * core / cores, bytes * (core + 1) / cores);
                NativeMemory.Copy((byte*)source + start, (byte*)target + start, (nuint)(end - start));
            }), repeats: 9, limitSeconds: 2);
            return bytes / seconds;
        }
        finally
        {
            NativeMemory.Free((void*)source);
            NativeMemory.Free((void*)target);
        }
    }
}
