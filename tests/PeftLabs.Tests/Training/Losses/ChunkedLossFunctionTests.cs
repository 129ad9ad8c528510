using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Losses;

[Collection("Memory")]
public class ChunkedLossFunctionTests
{
    private const int Tokens = 23, Hidden = 64, Vocabulary = 301, Rank = 3;

    public static IEnumerable<TheoryDataRow<string, string, int>> Cases =>
        from format in new[] { "float32", "trained", "bfloat16", "float16", "int8", "int8-row", "nf4", "nf4-dq" }
        from parts in new[] { "", "bias", "lora", "lora bias" }
        from rows in new[] { 1, 4, 7, 100 }
        select new TheoryDataRow<string, string, int>(format, parts, rows);

    [Theory, MemberData(nameof(Cases))]
    public void Loss_and_gradients_are_those_of_autograd_in_double_and_of_the_whole_loss(string format, string parts, int rows)
    {
        using var scope = NewDisposeScope();
        using var head = Head(format, parts);
        var (hidden, places, labels) = Batch();
        var terms = new LossTerms(0.1, 1e-3);
        var expected = Exact(head, hidden, places, labels, terms);
        var chunked = Gradients(head, hidden, h => ChunkedLossFunction.Apply(h, places, labels, head, 40, terms, 4L * Vocabulary * rows));
        var whole = Gradients(head, hidden, h => CrossEntropyFunction.Apply(head.forward(h.index_select(0, places)), labels, 40, terms));
        Assert.Equal(expected.Count, chunked.Count);
        foreach (var (name, exact) in expected)
        {
            Tolerance.Near(exact, chunked[name], 1e-5, $"{name}, chunked");
            Tolerance.Near(whole[name], chunked[name], 1e-5, $"{name} against whole");
        }
    }

    [Fact]
    public void Dropout_of_the_heads_adapter_reaches_loss_and_gradients_alike()
    {
        using var scope = NewDisposeScope();
        using var head = Head("float32", "lora");
        head.Update = head.Update! with { Dropout = 0.5 };
        var (hidden, places, labels) = Batch();
        // The loss is linear in a small step of B: its slope must be what the gradient says, with the same masks.
        double Loss(float step)
        {
            using var _ = no_grad();
            random.manual_seed(5);
            // Only some of B: all logits moved alike would change nothing.
            head.Update.B.narrow(0, 0, 100).add_(step * 1e-2f);
            using var loss = ChunkedLossFunction.Apply(hidden, places, labels, head, 1, LossTerms.Plain, 4L * Vocabulary * 5);
            head.Update.B.narrow(0, 0, 100).sub_(step * 1e-2f);
            return loss.item<float>();
        }
        random.manual_seed(5);
        var gradients = Gradients(head, hidden,
            h => ChunkedLossFunction.Apply(h, places, labels, head, 1, LossTerms.Plain, 4L * Vocabulary * 5), seed: 5);
        var slope = (Loss(1) - Loss(-1)) / 2e-2;
        Assert.Equal(gradients["B"].narrow(0, 0, 100).sum().item<float>(), slope, 0.02 * Math.Abs(slope));
        head.eval();
        var evaluated = ChunkedLossFunction.Apply(hidden, places, labels, head, 1, LossTerms.Plain, 1);
        Assert.Equal(Exact(head, hidden, places, labels, LossTerms.Plain, 1)["loss"].item<float>(), evaluated.item<float>(), 1e-3);
    }

    [Fact]
    public void Chunks_hold_as_many_rows_as_their_bytes_allow_and_one_at_least()
    {
        Assert.Equal(1, ChunkedLossFunction.Rows(512, 49152, 1));
        Assert.Equal(15, ChunkedLossFunction.Rows(60, 49152, 15 * 4 * 49152));
        Assert.Equal(32, ChunkedLossFunction.Rows(512, 49152, 8 << 20));
        Assert.Equal(64, ChunkedLossFunction.Rows(512, 49152, new TrainingOptions().LossChunkBytes));
        Assert.Equal(512, ChunkedLossFunction.Rows(512, 49152, 1L << 40));
        Assert.Equal(1, ChunkedLossFunction.Rows(0, 49152, 8 << 20));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("nf4-dq")]
    [InlineData("int8")]
    public void At_512_tokens_and_a_vocabulary_of_49152_it_peaks_below_16_MiB(string format)
    {
        using var head = new Projection("lm_head", Encode(format, 49152, 576), null);
        using var hidden = randn(512, 576).mul_(0.5).requires_grad_();
        using var places = arange(512, dtype: ScalarType.Int64);
        using var labels = randint(0, 49152, [512], dtype: ScalarType.Int64);
        using var meter = MemoryMeter.Start();
        var before = meter.CurrentBytes;
        using (var loss = ChunkedLossFunction.Apply(hidden, places, labels, head, 512, LossTerms.Plain,
            new TrainingOptions().LossChunkBytes))
            loss.backward();
        BackwardScope.Release();
        Assert.InRange(meter.PeakBytes - before, 8 << 20, (16 << 20) - 1);
        hidden.grad = null;
        Assert.Equal(before, meter.CurrentBytes);
    }

    [Fact]
    public void Without_gradients_a_chunk_of_logits_and_its_rows_are_all_it_needs()
    {
        using var head = Head("float32", "lora bias");
        using var scope = NewDisposeScope();
        var (hidden, places, labels) = Batch();
        using var meter = MemoryMeter.Start();
        var before = meter.CurrentBytes;
        using (no_grad())
            ChunkedLossFunction.Apply(hidden, places, labels, head, 1, LossTerms.Plain, 4 * 2 * Vocabulary).Dispose();
        // Two rows each of logits, hidden states and h, and the scalars.
        Assert.InRange(meter.PeakBytes - before, 8 * Vocabulary, 8 * (Vocabulary + Hidden + Rank)
            + TileBuffer.ForwardBytes(WeightFormat.Float32, Vocabulary, Hidden) + 64);
        Assert.Equal(before, meter.CurrentBytes);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var head = Head("nf4", "lora bias");
        head.Update = head.Update! with { Dropout = 0.1 };
        using var scope = NewDisposeScope();
        var (hidden, places, labels) = Batch();
        using var meter = MemoryMeter.Start();
        List<(long, long)> ends = [];
        for (var i = 0; i < 5; i++)
        {
            using (NewDisposeScope())
                Gradients(head, hidden, h => ChunkedLossFunction.Apply(h, places, labels, head, 9, LossTerms.Plain, 4 * 5 * Vocabulary));
            ends.Add((meter.CurrentBytes, DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        }
        Assert.Equal(ends[1], ends[4]);
    }

    // Loss and gradients by name, in float32; what is not trained has none.
    private static Dictionary<string, Tensor> Gradients(Projection head, Tensor hidden, Func<Tensor, Tensor> apply, int? seed = null)
    {
        if (seed is { } s)
            random.manual_seed(s);
        using var leaf = hidden.detach().requires_grad_();
        // Something comes in from above, and not 1.
        using var loss = apply(leaf);
        using var scaled = loss.mul(seed is null ? 3 : 1);
        scaled.backward();
        BackwardScope.Release();
        Dictionary<string, Tensor> found = new() { ["loss"] = loss.detach().clone(), ["hidden"] = leaf.grad!.clone() };
        foreach (var (name, parameter) in Parameters(head).Where(p => p.Parameter.requires_grad))
        {
            found[name] = parameter.grad!.clone();
            parameter.grad = null;
        }
        return found;
    }

    // The same from torch's own operators on doubles.
    private static Dictionary<string, Tensor> Exact(
        Projection head, Tensor hidden, Tensor places, Tensor labels, LossTerms terms, long count = 40)
    {
        Tensor Double(Tensor t) => t.detach().to(ScalarType.Float64).requires_grad_();
        var (x, w) = (Double(hidden), Double(head.Weight.Decode(0, Vocabulary)));
        Dictionary<string, Tensor> leaves = new() { ["hidden"] = x, ["weight"] = w };
        var logits = x.index_select(0, places).mm(w.t());
        if (head.Bias is { } bias)
            logits = logits + (leaves["bias"] = Double(bias));
        if (head.Update is { } update)
        {
            var h = x.index_select(0, places).mm((leaves["A"] = Double(update.A)).t());
            logits = logits + h.mm((leaves["B"] = Double(update.B)).t()) * update.Scaling;
        }
        var loss = CrossEntropyRowsTests.Formula(logits, labels, terms.Smoothing, terms.ZLoss) / count;
        (loss * 3).backward();
        var trained = Parameters(head).Where(p => p.Parameter.requires_grad).Select(p => p.Name).Append("hidden");
        var found = trained.ToDictionary(name => name, name => leaves[name].grad!.to(ScalarType.Float32));
        found["loss"] = loss.detach().to(ScalarType.Float32);
        return found;
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Parameters(Projection head)
    {
        if (head.Weight is DenseWeight dense)
            yield return ("weight", dense.Parameter);
        if (head.Bias is { } bias)
            yield return ("bias", bias);
        if (head.Update is { } update)
        {
            yield return ("A", update.A);
            yield return ("B", update.B);
        }
    }

    private static (Tensor Hidden, Tensor Places, Tensor Labels) Batch()
    {
        random.manual_seed(3);
        return (randn(Tokens, Hidden), tensor(Enumerable.Range(0, Tokens).Where(i => i % 5 != 2).Select(i => (long)i).ToArray()),
            randint(0, Vocabulary, [Enumerable.Range(0, Tokens).Count(i => i % 5 != 2)], dtype: ScalarType.Int64));
    }

    private static Projection Head(string format, string parts)
    {
        random.manual_seed(8);
        var bias = parts.Contains("bias", StringComparison.Ordinal) ? new Parameter(randn(Vocabulary)) : null;
        var head = new Projection("lm_head", Encode(format == "trained" ? "float32" : format, Vocabulary, Hidden), bias);
        if (format == "trained")
            ((DenseWeight)head.Weight).Parameter.requires_grad = true;
        if (parts.Contains("lora", StringComparison.Ordinal))
            head.Update = new LowRankUpdate(Owned(new Parameter(randn(Rank, Hidden).mul_(0.1))),
                Owned(new Parameter(randn(Vocabulary, Rank))), 1.5, 0);
        return head;
    }

    private static Parameter Owned(Parameter parameter) => (Parameter)parameter.DetachFromDisposeScope();

    private static StoredWeight Encode(string format, int rows, int columns)
    {
        using var values = randn(rows, columns).mul_(0.1);
        return WeightFormat.Parse(format).Encode(values);
    }
}
