using System.Diagnostics;
using PeftLabs.Models;
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
        foreach (var kind in Enum.GetValues<AttentionKind>())
            Compare(expected, drawn.Run((q, k, v, p) => AttentionMethod.Apply(kind, q, k, v, p)), kind.ToString());
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Tiles_of_any_size_equal_the_plain_formula_in_double(ulong seed)
    {
        using var drawn = Draw(seed);
        var bits = new RandomBits(seed, "tile");
        var size = new AttentionTileSize(1 + (long)(bits.Unit(0) * 24), 1 + (long)(bits.Unit(1) * 17), bits.Unit(2) < 0.5);
        Compare(drawn.Expected(), drawn.Run((q, k, v, p) => TiledAttentionFunction.Apply(q, k, v, p, size)), size.ToString());
    }

    [Fact]
    public void Bench()
    {
        var spec = Environment.GetEnvironmentVariable("ATT_BENCH") ?? "1,64,384,512";
        var p = spec.Split(',').Select(long.Parse).ToArray();
        var sizes = new[] { new AttentionTileSize(p[2], p[3], false) };
        foreach (var (kv, group) in new[] { (3L, 3L), (8L, 1L) })
            foreach (var tokens in new long[] { 128, 512, 2048 })
            {
                using var c = new AttentionCase(1, p[0], kv, group, tokens, tokens, p[1], AttentionPattern.Causal);
                foreach (var mode in p.Length > 4 ? new[] { "plain", "tiled" } : new[] { "tiled" })
                {
                    var best = (1e9, 1e9);
                    for (var i = 0; i < 4; i++)
                    {
                        using var s = NewDisposeScope();
                        var (q, k, v) = (c.Q.detach().requires_grad_(true), c.K.detach().requires_grad_(true), c.V.detach().requires_grad_(true));
                        var t0 = Stopwatch.GetTimestamp();
                        var o = mode == "plain" ? AttentionMethod.Apply(AttentionKind.Plain, q, k, v) : TiledAttentionFunction.Apply(q, k, v, AttentionPattern.Causal, sizes[0]);
                        var t1 = Stopwatch.GetTimestamp();
                        o.backward([c.Gradient]);
                        BackwardScope.Release();
                        var t2 = Stopwatch.GetTimestamp();
                        best = (Math.Min(best.Item1, (t1 - t0) * 1e3 / Stopwatch.Frequency), Math.Min(best.Item2, (t2 - t1) * 1e3 / Stopwatch.Frequency));
                    }
                    Console.WriteLine($"{kv}x{group} {tokens} {mode}: {best.Item1:0.0} + {best.Item2:0.0} ms");
                }
            }
    }

    private static void Compare(Tensor[] expected, Tensor[] actual, string what)
    {
        foreach (var (i, name) in s_names.Index())
        {
            var difference = expected[i].to(ScalarType.Float64).sub(actual[i]).abs().max().item<double>();
            Assert.True(difference <= 1e-5 * Math.Max(1, expected[i].abs().max().to(ScalarType.Float64).item<double>()), $"{what}: {name} is off by {difference:e2}.");
        }
    }

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
        return new AttentionCase(seed, batch, keyHeads, group, tokens, keys, 2 * Upto(8), new AttentionPattern(layout, window));

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
