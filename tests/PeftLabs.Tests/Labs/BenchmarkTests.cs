using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs;

[Collection("Memory")]
public sealed class BenchmarkTests
{
    [Fact]
    public void A_product_and_a_copy_run_at_speeds_that_a_machine_can_have()
    {
        var gigaflops = MatmulBenchmark.GigaflopsPerSecond(512);
        var bytes = CopyBenchmark.BytesPerSecond(64 << 20);
        TestContext.Current.TestOutputHelper!.WriteLine($"{gigaflops:0} GFLOP/s, {bytes / 1e9:0.0} GB/s");
        Assert.InRange(gigaflops, 0.1, 100_000);
        Assert.InRange(bytes, 1e8, 1e13);
        Assert.Throws<ArgumentOutOfRangeException>(() => MatmulBenchmark.GigaflopsPerSecond(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CopyBenchmark.BytesPerSecond(0));
    }

    [Fact]
    public void A_median_is_of_the_runs_after_the_first_and_stops_at_the_limit()
    {
        var runs = 0;
        Timing.Median(() => runs++, repeats: 5, limitSeconds: 60);
        Assert.Equal(6, runs);
        Assert.InRange(Timing.Median(() => Thread.Sleep(runs++ == 6 ? 500 : 20), repeats: 100, limitSeconds: 0.01), 0.019, 0.4);
        Assert.Equal(8, runs);
    }
}
