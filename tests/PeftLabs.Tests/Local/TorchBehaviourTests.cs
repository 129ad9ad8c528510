using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Local;

/// <summary>What the kit relies on in TorchSharp, whichever provider it comes from.</summary>
[Collection("Memory")]
public partial class TorchBehaviourTests
{
    /// <summary>Whether TorchSharp is the drop-in: some failures end the process in the package, and are tested in the drop-in
    /// alone.</summary>
    private static bool IsDropIn => typeof(torch).Assembly.GetType("TorchSharp.Op") is not null;

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Elementwise => new()
    {
        { "neg", x => -x, x => -x },
        { "abs", x => x.abs(), Math.Abs },
        { "exp", x => x.exp(), Math.Exp },
        { "tanh", x => x.tanh(), Math.Tanh },
        { "sigmoid", x => x.sigmoid(), x => 1 / (1 + Math.Exp(-x)) },
        { "silu", x => nn.functional.silu(x), x => x / (1 + Math.Exp(-x)) },
        { "relu", x => nn.functional.relu(x), x => Math.Max(x, 0) },
        { "gelu, tanh", x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
            x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) },
        { "square root", x => (x * x).sqrt(), Math.Abs },
        { "reciprocal root", x => (x * x + 1).rsqrt(), x => 1 / Math.Sqrt(x * x + 1) },
        { "power", x => x.pow(3), x => x * x * x },
        { "round to even", x => x.round(), x => Math.Round(x) },
        { "clamp", x => x.clamp(-0.5, 0.75), x => Math.Clamp(x, -0.5, 0.75) },
        { "number minus tensor", x => 2 - x, x => 2 - x },
        { "number over tensor", x => 2 / (x * x + 1), x => 2 / (x * x + 1) },
        { "remainder", x => x % 2, x => x - 2 * Math.Floor(x / 2) },
        { "add_, mul_, sub_, div_", x => x.clone().add_(1).mul_(3).sub_(2).div_(4), x => ((x + 1) * 3 - 2) / 4 },
        { "addcmul_, addcdiv_", x => x.clone().addcmul_(x, x, 2).addcdiv_(x, x * x + 1, 3), x => x + 2 * x * x + 3 * x / (x * x + 1) },
        { "where", x => where(x > 0, x, x * 10), x => x > 0 ? x : 10 * x },
        { "masked_fill", x => x.masked_fill(x < 0, 7), x => x < 0 ? 7 : x },
    };

    [Theory]
    [MemberData(nameof(Elementwise), DisableDiscoveryEnumeration = true)]
    public void Operator_gives_what_its_formula_gives(string name, Func<Tensor, Tensor> torch, Func<double, double> formula)
    {
        using var scope = NewDisposeScope();
        double[] values = [-2.5, -1.5, -1, -0.3, 0, 0.5, 0.75, 1, 2.5];
        var result = torch(tensor(values));
        Assert.Equal(ScalarType.Float64, result.dtype);
        foreach (var (expected, found) in values.Select(formula).Zip(result.data<double>().ToArray()))
            Assert.True(Math.Abs(expected - found) < 1e-12, $"{name}: {found} instead of {expected}");
    }

    [Fact]
    public void Reductions_agree_with_sums_by_hand()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 9 } });
        Assert.Equal(24f, x.sum().item<float>());
        Assert.Equal([5f, 7f, 12f], x.sum(dim: 0).data<float>().ToArray());
        Assert.Equal([2, 1], x.mean([1], keepdim: true).shape);
        Assert.Equal([2f, 6f], x.mean([1]).data<float>().ToArray());
        Assert.Equal([1f, 7f], x.var(1).data<float>().ToArray());
        Assert.Equal([2L, 2L], x.argmax(1).data<long>().ToArray());
        var (values, indices) = x.max(0);
        Assert.Equal([4f, 5f, 9f], values.data<float>().ToArray());
        Assert.Equal([1L, 1L, 1L], indices.data<long>().ToArray());
        Assert.Equal([9f, 5f], x[1].topk(2).Item1.data<float>().ToArray());
        Assert.Equal([1f, 3f, 6f], x[0].cumsum(0).data<float>().ToArray());
        Assert.Equal(Math.Sqrt(136), x.norm().item<float>(), 1e-5);
        Assert.Equal(1f, x.softmax(1)[0].sum().item<float>(), 1e-6f);
    }

    [Fact]
    public void Products_of_matrices_agree_with_sums_by_hand()
    {
        using var scope = NewDisposeScope();
        var a = arange(6).to(float32).reshape(2, 3);
        var b = arange(12).to(float32).reshape(3, 4);
        Assert.Equal([20f, 23, 26, 29, 56, 68, 80, 92], a.matmul(b).data<float>().ToArray());
        Assert.True(a.mm(b).equal(a.matmul(b)).all().item<bool>());
        var batch = stack([a, a * 2]);
        Assert.True(batch.bmm(stack([b, b])).allclose(stack([a.mm(b), a.mm(b) * 2])));
        Assert.True(ones(2, 4).addmm(a, b, beta: 2, alpha: 3).allclose(a.mm(b) * 3 + 2));
        Assert.True(a[0].outer(b[0]).allclose(einsum("i,j->ij", a[0], b[0])));
        Assert.True(nn.functional.linear(a, b.T, ones(4)).allclose(a.mm(b) + 1));
    }

    [Fact]
    public void Indices_of_every_kind_select_what_PyTorch_selects()
    {
        using var scope = NewDisposeScope();
        var t = arange(24).reshape(2, 3, 4);
        Assert.Equal([12L, 13, 14, 15], t[1, 0].data<long>().ToArray());
        Assert.Equal(23, t[1, 2, 3].item<long>());
        Assert.Equal([0L, 4, 8, 12, 16, 20], t[TensorIndex.Ellipsis, 0].data<long>().ToArray());
        Assert.Equal([2, 2, 4], t[.., 1..].shape);
        Assert.Equal([1, 2, 4], t[..^1, ..2].shape);
        Assert.Equal([12L, 13, 14, 15], t[^1, 0].data<long>().ToArray());
        Assert.Equal([2, 1, 3, 4], t[TensorIndex.Colon, TensorIndex.Null].shape);
        Assert.Equal([0L, 2], t[0, 0, TensorIndex.Slice(step: 2)].data<long>().ToArray());
        Assert.Equal([21L, 22, 23], t[t > 20].data<long>().ToArray());
        var rows = TensorIndex.Tensor(tensor(new long[] { 2, 0 }));
        Assert.Equal([9L, 3], t[0, rows, TensorIndex.Tensor(tensor(new long[] { 1, 3 }))].data<long>().ToArray());
        Assert.Equal([2, 2, 4], t[TensorIndex.Colon, rows].shape);
    }

    [Fact]
    public void Writing_through_an_index_changes_the_tensor()
    {
        using var scope = NewDisposeScope();
        var t = zeros(2, 3);
        t[0] = ones(3);
        t[1, 2] = 5f;
        t[TensorIndex.Colon, 0] = tensor(new float[] { 7, 8 });
        Assert.Equal([7f, 1, 1, 8, 0, 5], t.data<float>().ToArray());
        t[t > 6] = 0f;
        t.index_put_(tensor(new float[] { 1, 1 }), [tensor(new long[] { 0, 0 }), tensor(new long[] { 1, 1 })], accumulate: true);
        Assert.Equal([0f, 3, 1, 0, 0, 5], t.data<float>().ToArray());
        using var row = t[1];
        row.fill_(2);
        Assert.Equal([2f, 2, 2], t[1].data<float>().ToArray());
    }

    [Fact]
    public void Tensors_have_the_types_that_PyTorch_gives_them()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(int64, arange(3).dtype);
        Assert.Equal(float32, arange(0, 1, 0.5).dtype);
        Assert.Equal(int64, full(2, 2, 1).dtype);
        Assert.Equal(float32, full(2, 2, 1.5).dtype);
        Assert.Equal(float64, tensor(1.5).dtype);
        Assert.Equal(float32, tensor(1.5f).dtype);
        Assert.Equal(int64, zeros(2, dtype: int32).sum().dtype);
        Assert.Equal(bfloat16, (zeros(2, dtype: bfloat16) * 2.5).dtype);
        Assert.Equal(float32, (zeros(2, dtype: int32) / 2).dtype);
        Assert.Equal(2, zeros(3, dtype: bfloat16).element_size());
    }

    [Fact]
    public void Half_precision_rounds_to_nearest_even()
    {
        using var scope = NewDisposeScope();
        float[] values = [1 + 1f / 256, 1 + 3f / 256, -3.14159f, 1e-3f, 65504];
        var bf16 = tensor(values).to(bfloat16);
        Assert.Equal(values.Select(v => (float)new BFloat16(v)), bf16.to(float32).data<float>().ToArray());
        Assert.Equal(values.Select(v => (float)(Half)v), tensor(values).to(float16).to(float32).data<float>().ToArray());
        Assert.Equal(new BFloat16(-3.14159f), bf16[2].item<BFloat16>());
    }

    [Fact]
    public void Memory_of_a_tensor_is_reached_by_its_bytes()
    {
        using var scope = NewDisposeScope();
        var t = arange(6).to(float32).reshape(2, 3);
        Assert.Equal(24, t.bytes.Length);
        MemoryMarshal.Cast<byte, float>(t[1].bytes)[0] = 42;
        Assert.Equal([0f, 1, 2, 42, 4, 5], t.data<float>().ToArray());
        Assert.Equal([0f, 42, 1, 4, 2, 5], t.T.data<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => t.T.bytes.Length);
        Assert.Throws<ArgumentException>(() => t.data<double>());
    }

    [Fact]
    public void Errors_of_libtorch_are_external_exceptions_with_its_message()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => zeros(2, 3).view(7));
        Assert.StartsWith("shape '[7]' is invalid for input of size 6", error.Message);
        using var disposed = zeros(1);
        disposed.Dispose();
        Assert.Throws<InvalidOperationException>(() => disposed.add(1));
    }

    [Fact]
    public void Random_state_brings_the_same_numbers_back()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        var first = rand(5);
        var state = get_rng_state();
        var second = randn(5);
        set_rng_state(state);
        Assert.True(second.Equals(randn(5)));
        manual_seed(42);
        Assert.True(first.Equals(rand(5)));
        using Generator one = new(7), other = new(7);
        Assert.True(rand(3, generator: one).Equals(rand(3, generator: other)));
    }
}

