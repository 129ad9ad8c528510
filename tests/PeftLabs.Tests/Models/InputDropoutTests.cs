using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Tests.Models.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class InputDropoutTests
{
    public static TheoryData<string> Paths => [.. Elements.Paths.Select(row => row.Data), "operators"];

    [Theory, MemberData(nameof(Paths))]
    public void The_same_seed_drops_the_same_and_another_one_others(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Kernels(path));
        var x = ones(40, 50);
        var (first, again) = (InputDropout.Apply(x, new(1, 0.3)), InputDropout.Apply(x, new(1, 0.3)));
        Assert.Equal(first.data<float>().ToArray(), again.data<float>().ToArray());
        Assert.NotEqual(first.data<float>().ToArray(), InputDropout.Apply(x, new(2, 0.3)).data<float>().ToArray());
    }

    [Theory, MemberData(nameof(Paths))]
    public void The_share_dropped_is_right_and_the_rest_scaled_up(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Kernels(path));
        foreach (var share in new[] { 0.05, 0.5, 0.9 })
        {
            const int count = 1_000_000;
            var left = InputDropout.Apply(ones(count), new(7, share));
            var kept = left.ne(0).sum().item<long>();
            // Six standard deviations of a binomial.
            Assert.InRange(kept, count * (1 - share) - 6 * Math.Sqrt(count * share * (1 - share)),
                count * (1 - share) + 6 * Math.Sqrt(count * share * (1 - share)));
            Assert.Equal((float)(1 / (1 - share)), left.max().item<float>(), 1e-6f);
        }
    }

    [Fact]
    public void Neighbours_in_rows_columns_and_seeds_are_dropped_independently()
    {
        const int rows = 1000, columns = 576;
        bool Kept(ulong seed, long i) => new DropoutMask(seed, 0.5).Hash(i) >= new DropoutMask(seed, 0.5).Threshold;
        foreach (var distance in new long[] { 1, 2, 16, columns, 1L << 20, 1L << 32 })
            Assert.InRange(Enumerable.Range(0, rows * 100).Count(i => Kept(3, i) == Kept(3, i + distance)), 49_000, 51_000);
        foreach (var seed in new ulong[] { 4, 3 + (1UL << 32), 3 + (1UL << 63) })
            Assert.InRange(Enumerable.Range(0, rows * 100).Count(i => Kept(3, i) == Kept(seed, i)), 49_000, 51_000);
    }

    [Theory, MemberData(nameof(Paths))]
    public void Adding_and_16_bits_follow_the_same_mask(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Kernels(path));
        var (x, y, mask) = (randn(9, 37), randn(9, 37), new DropoutMask(11, 0.4));
        var expected = y + InputDropout.Apply(x, mask);
        Tolerance.Near(expected, InputDropout.AddTo(y.clone(), x.clone(), mask), 1e-6, "sum");
        var rounded = SavedActivation.Pack(x, ActivationType.BFloat16);
        Assert.Equal(InputDropout.Apply(SavedActivation.Unpack(rounded), mask).data<float>().ToArray(),
            InputDropout.Apply(rounded, mask).data<float>().ToArray());
    }

    [Fact]
    public unsafe void Kernels_drop_by_the_hash_of_the_index_across_its_32nd_bit()
    {
        var mask = new DropoutMask(5, 0.5);
        foreach (var kernels in ElementKernels.Available)
            foreach (var first in new[] { 0L, (1L << 32) - 21, (3L << 32) + 5 })
            {
                var (x, y) = (Enumerable.Repeat(1f, 70).ToArray(), new float[70]);
                fixed (float* from = x, to = y)
                    kernels.Dropout(KeptValues.Of(from), first, 70, mask, add: false, to);
                for (var i = 0; i < 70; i++)
                    Assert.Equal(mask.Hash(first + i) >= mask.Threshold ? 2f : 0f, y[i]);
            }
    }

    [Fact]
    public void A_part_of_a_tensor_is_dropped_as_in_the_whole()
    {
        using var scope = NewDisposeScope();
        var (x, mask) = (randn(12, 37), new DropoutMask(11, 0.4));
        var parts = new[] { (0, 5), (5, 1), (6, 6) }.Select(p => InputDropout.Apply(x.narrow(0, p.Item1, p.Item2), mask, p.Item1 * 37));
        Assert.Equal(InputDropout.Apply(x, mask).data<float>().ToArray(), cat([.. parts], 0).data<float>().ToArray());
    }

    [Theory, MemberData(nameof(Paths))]
    public void A_projections_gradients_are_those_of_its_formula_with_its_mask(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Kernels(path));
        using var projection = ProjectionTests.Random(dropout: 0.5);
        projection.DropoutSeed = 9;
        foreach (var gated in new[] { false, true })
        {
            var given = ProjectionTests.Gradients(projection, gated, true);
            var expected = ProjectionTests.ExpectedGradients(projection, gated);
            foreach (var (one, other) in expected.Zip(given))
                Tolerance.Near(one, other, 3e-6, $"gated {gated}");
        }
    }

    [Fact]
    public void Projections_of_other_paths_drop_otherwise_and_in_evaluation_nothing_is_dropped()
    {
        using var scope = NewDisposeScope();
        using var projection = ProjectionTests.Random(dropout: 0.5);
        using var other = new Projection("another", ProjectionTests.Weight(), null) { Update = projection.Update };
        Assert.NotEqual(projection.DropoutMask, other.DropoutMask);
        var before = projection.DropoutMask;
        projection.DropoutSeed = 1;
        Assert.NotEqual(before, projection.DropoutMask);
        projection.eval();
        Assert.Null(projection.DropoutMask);
        projection.Update = projection.Update! with { Dropout = 0 };
        projection.train();
        Assert.Null(projection.DropoutMask);
    }

    private static ElementKernels? Kernels(string path) => path == "operators" ? null : Elements.Path(path);
}
