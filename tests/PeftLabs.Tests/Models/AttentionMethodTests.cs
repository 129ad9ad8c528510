using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class AttentionMethodTests
{
    private static readonly string[] s_names = ["output", "gradient of q", "gradient of k", "gradient of v"];

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 24).Select(i => (ulong)i)];

    [Theory, MemberData(nameof(Seeds))]
    public void Every_kind_equals_the_plain_formula_in_double(ulong seed)
    {
        using var drawn = Draw(seed);
        var expected = drawn.Expected();
        foreach (var kind in Enum.GetValues<AttentionKind>().Where(kind => kind != AttentionKind.Sdpa || !HasCap(seed)))
            Compare(expected, drawn.Run((q, k, v, p) => AttentionMethod.Apply(kind, q, k, v, p)), kind.ToString());
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Tiles_of_any_size_equal_the_plain_formula_in_double(ulong seed)
    {
        using var drawn = Draw(seed);
        var bits = new RandomBits(seed, "tile");
        var size = new AttentionTileSize(1 + (long)(bits.Unit(0) * 24), 1 + (long)(bits.Unit(1) * 17), bits.Unit(2) < 0.5);
        Compare(drawn.Expected(), drawn.Run((q, k, v, p) => TiledAttentionFunction.Apply(q, k, v, p, size: size)), size.ToString());
    }

    [Theory]
    [InlineData(AttentionKind.Plain)]
    [InlineData(AttentionKind.Sdpa)]
    [InlineData(AttentionKind.Tiled)]
    public void No_tensor_and_no_byte_stays_behind_with_backward_or_without(AttentionKind kind)
    {
        using var drawn = Draw(7);
        using var meter = MemoryMeter.Start();
        Step();
        var before = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, meter.CurrentBytes);
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, (DisposeScopeManager.Statistics.ThreadTotalLiveCount, meter.CurrentBytes));

        void Step()
        {
            using var scope = NewDisposeScope();
            var (q, k, v) = (Leaf(drawn.Q), Leaf(drawn.K), Leaf(drawn.V));
            // Small tiles, so that more than q, k and v is kept.
            Tensor Attend() => kind == AttentionKind.Tiled
                ? TiledAttentionFunction.Apply(q, k, v, AttentionPattern.Causal, size: new(8, 4, false))
                : AttentionMethod.Apply(kind, q, k, v);
            Attend();
            Attend().sum().backward();
            BackwardScope.Release();
            foreach (var leaf in new[] { q, k, v })
                leaf.grad!.Dispose();
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Tiled_attention_works_within_four_tiles_however_many_tokens_there_are(long tokens)
    {
        // One tile of scores is 192 × 256 float32 numbers; the scores of all heads would be 4·tokens² of them.
        var (size, tile) = (new AttentionTileSize(192, 256, false), 4 * 192 * 256);
        using var c = new AttentionCase(1, 1, 2, 2, tokens, tokens, 16, AttentionPattern.Causal);
        using var scope = NewDisposeScope();
        using var meter = MemoryMeter.Start();
        var work = new TiledAttention(c.Q, c.K, c.V, AttentionPattern.Causal, size);
        var (output, sums) = (empty([1, tokens, 4, 16]), empty([1, 4, tokens]));
        Assert.InRange(Peak(() => work.Forward(output, sums)), tile, 4 * tile);
        // The gradients of q, with 4 heads, and of k and v, with 2.
        var gradients = 4 * tokens * 16 * (4 + 2 + 2);
        Assert.InRange(Peak(() => work.Backward(c.Gradient.view(output.shape), output, sums)) - gradients, 2 * tile, 4 * tile);

        long Peak(Action run)
        {
            meter.EndStep();
            var before = meter.CurrentBytes;
            run();
            return meter.StepPeakBytes - before;
        }
    }

    [Theory]
    [InlineData(256, 0)]
    [InlineData(257, 4)]
    public void Keys_that_fit_one_tile_cost_nothing_but_the_output_and_more_a_number_a_query(long tokens, long more)
    {
        using var c = new AttentionCase(1, 1, 2, 2, tokens, tokens, 16, AttentionPattern.Causal);
        using var scope = NewDisposeScope();
        var (q, k, v) = (Leaf(c.Q), Leaf(c.K), Leaf(c.V));
        using var meter = MemoryMeter.Start();
        using var output = TiledAttentionFunction.Apply(q, k, v, AttentionPattern.Causal, size: new(192, 256, false));
        Assert.Equal(4 * tokens * (4 * 16 + more), meter.CurrentBytes);
    }

    [Theory]
    [InlineData(AttentionKind.Plain)]
    [InlineData(AttentionKind.Tiled)]
    public void What_waits_for_backward_can_be_rounded(AttentionKind kind)
    {
        using var drawn = Draw(8);
        var (exact, rounded) = (Run(ActivationType.Float32), Run(ActivationType.Float16));
        Assert.True(exact[0].equal(rounded[0]).all().item<bool>());
        Assert.False(exact[1].equal(rounded[1]).all().item<bool>());
        foreach (var (i, name) in s_names.Index())
            Tolerance.Near(exact[i], rounded[i], 2e-3, name);

        Tensor[] Run(ActivationType kept) => drawn.Run((q, k, v, p) => kind == AttentionKind.Tiled
            ? TiledAttentionFunction.Apply(q, k, v, p with { Kept = kept }, new(8, 4, false))
            : AttentionMethod.Apply(kind, q, k, v, p with { Kept = kept }));
    }

    public static TheoryData<string, AttentionKind> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, AttentionKind>();
            foreach (var name in Families.Golden)
                foreach (var kind in new[] { AttentionKind.Sdpa, AttentionKind.Tiled })
                    kinds.Add(name, kind);
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Golden_gradients_come_of_every_kind(string name, AttentionKind kind)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", name));
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        model.Execution = new() { Attention = kind };
        model.SetTrainable(true);
        using var batch = new TrainingBatch(expected.Read("input_ids"), expected.Read("labels"));
        CausalLoss.Compute(model, batch).backward();
        BackwardScope.Release();
        foreach (var (parameter, value) in model.named_parameters())
            Tolerance.Near(Families.Gradient(model, expected, parameter), value.grad!, 1e-4, parameter);
    }

    [Fact]
    public void Shapes_and_windows_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        var (q, k) = (zeros(1, 3, 4, 2), zeros(1, 2, 4, 2));
        foreach (var kind in Enum.GetValues<AttentionKind>())
        {
            Assert.Contains("multiple", Assert.Throws<ArgumentException>(() => AttentionMethod.Apply(kind, q, k, k)).Message);
            Assert.Contains("window", Assert.Throws<ArgumentException>(() => AttentionMethod.Apply(kind, q, q, q, new(null, 0))).Message);
            var layout = SequenceLayout.Plain(1, 5);
            Assert.Contains("1 × 5", Assert.Throws<ArgumentException>(() => AttentionMethod.Apply(kind, q, q, q, new(layout))).Message);
        }
        Assert.Contains("overlap", Assert.Throws<ArgumentException>(() => new SequenceLayout(1, 9, [new(0, 0, 5), new(0, 4, 2)])).Message);
        Assert.Contains("not within", Assert.Throws<ArgumentException>(() => new SequenceLayout(1, 9, [new(0, 5, 5)])).Message);
    }

    [Fact]
    public void Torchs_own_attention_caps_no_scores_and_says_so()
    {
        using var scope = NewDisposeScope();
        var q = zeros(1, 2, 4, 2);
        var refused = Assert.Throws<ArgumentException>(() => AttentionMethod.Apply(AttentionKind.Sdpa, q, q, q, new() { SoftCap = 50 }));
        Assert.Contains("caps its scores at 50", refused.Message);
    }

    private static Tensor Leaf(Tensor x) => x.detach().requires_grad_(true);

    private static void Compare(Tensor[] expected, Tensor[] actual, string what)
    {
        foreach (var (i, name) in s_names.Index())
        {
            var difference = expected[i].to(ScalarType.Float64).sub(actual[i]).abs().max().item<double>();
            var largest = expected[i].to(ScalarType.Float64).abs().max().item<double>();
            Assert.True(difference <= 1e-5 * Math.Max(1, largest),
                $"{what}: {name} is off by {difference:e2}; its largest value is {largest:0.0}.");
        }
    }

    private static bool HasCap(ulong seed) => seed % 3 == 1;

    private static AttentionCase Draw(ulong seed)
    {
        var bits = new RandomBits(seed, "case");
        var draws = 0L;
        var (batch, keyHeads, group, tokens) = (Upto(3), Upto(3), Upto(3), Upto(40));
        // Of four cases one is plain, one behind a cache, and two packed; of each half with a window.
        var (cached, packed) = (seed % 4 == 1, seed % 4 >= 2);
        var keys = tokens + (cached ? Upto(20) : 0);
        var layout = packed ? new SequenceLayout(batch, tokens, Spans(batch, tokens)) : null;
        long? window = seed % 8 >= 4 ? Upto(20) : null;
        return new AttentionCase(seed, batch, keyHeads, group, tokens, keys, 2 * Upto(8), new AttentionPattern(layout, window)
        {
            Scale = seed % 5 == 0 ? 0.4 : null,
            SoftCap = HasCap(seed) ? 1.5 : null,
        });

        long Upto(long most) => 1 + (long)(bits.Unit(draws++) * most);

        // Documents one after another, here and there with padding between them.
        List<SequenceSpan> Spans(long rows, long width)
        {
            List<SequenceSpan> spans = [];
            for (var row = 0L; row < rows; row++)
            {
                for (var at = bits.Unit(draws++) < 0.3 ? 1L : 0; at < width; at += bits.Unit(draws++) < 0.3 ? 2 : 0)
                {
                    var length = Math.Min(Upto(15), width - at);
                    spans.Add(new(row, at, length));
                    at += length;
                }
            }
            return spans;
        }
    }
}
