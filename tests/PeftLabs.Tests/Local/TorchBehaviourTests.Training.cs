using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Local;

public partial class TorchBehaviourTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void AdamW_steps_as_its_formula_says(double decay)
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(tensor(new[] { 1.0, -2.0 }));
        using var optimizer = optim.AdamW([parameter], 0.1, 0.9, 0.99, 1e-6, decay);
        double[] w = [1, -2], m = [0, 0], v = [0, 0];
        for (var t = 1; t <= 5; t++)
        {
            optimizer.zero_grad();
            parameter.pow(3).sum().backward();
            optimizer.step();
            for (var i = 0; i < 2; i++)
            {
                var g = 3 * w[i] * w[i];
                w[i] *= 1 - 0.1 * decay;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.99 * v[i] + 0.01 * g * g;
                w[i] -= 0.1 * m[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, t))) + 1e-6);
            }
            Assert.Equal(w, parameter.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Fact]
    public void SGD_steps_with_momentum_as_its_formula_says()
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(tensor(new[] { 1.0 }));
        using var optimizer = optim.SGD([parameter], 0.1, momentum: 0.9, weight_decay: 0.01);
        double w = 1, buffer = 0;
        for (var t = 0; t < 4; t++)
        {
            optimizer.zero_grad();
            parameter.pow(2).sum().backward();
            optimizer.step();
            var g = 2 * w + 0.01 * w;
            buffer = t == 0 ? g : 0.9 * buffer + g;
            w -= 0.1 * buffer;
            Assert.Equal(w, parameter.item<double>(), 1e-12);
        }
    }

    [Fact]
    public void Groups_have_learning_rates_of_their_own()
    {
        using var scope = NewDisposeScope();
        Parameter a = nn.Parameter(ones(1)), b = nn.Parameter(ones(1)), unused = nn.Parameter(ones(1));
        using var optimizer = optim.AdamW([new AdamW.ParamGroup([a, unused], lr: 0.1), new AdamW.ParamGroup([b], lr: 0.2)]);
        (a + b).sum().backward();
        optimizer.step();
        Assert.Equal(0.9f, a.item<float>(), 1e-6f);
        Assert.Equal(0.8f, b.item<float>(), 1e-6f);
        Assert.Equal(1f, unused.item<float>());
        foreach (var group in optimizer.ParamGroups) group.LearningRate /= 2;
        Assert.Equal([0.05, 0.1], optimizer.ParamGroups.Select(group => group.LearningRate));
    }

    [Fact]
    public void State_of_an_optimizer_goes_on_in_another()
    {
        using var scope = NewDisposeScope();
        Parameter a = nn.Parameter(ones(2)), b = nn.Parameter(ones(2));
        using OptimizerHelper first = optim.AdamW([a], 0.1), second = optim.AdamW([b], 0.5);
        for (var step = 0; step < 4; step++)
        {
            Step(first, a);
            if (step < 2) continue;
            if (step == 2)
            {
                second.load_state_dict(first.state_dict());
                using (no_grad()) b.copy_(a);
            }
            else Step(second, b);
        }
        Assert.True(a.Equals(b));

        static void Step(OptimizerHelper optimizer, Parameter parameter)
        {
            optimizer.zero_grad();
            (parameter * parameter).sum().backward();
            optimizer.step();
        }
    }

    [Fact]
    public void Clipping_brings_the_norm_of_all_gradients_down()
    {
        using var scope = NewDisposeScope();
        Parameter a = nn.Parameter(ones(1)), b = nn.Parameter(ones(1)), without = nn.Parameter(ones(1));
        (a * 3 + b * 4).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, without], 1), 1e-6);
        Assert.Equal(0.6f, a.grad!.item<float>(), 1e-5f);
        Assert.Equal(0.8f, b.grad!.item<float>(), 1e-5f);
        Assert.Equal(1, nn.utils.clip_grad_norm_([a, b], 10), 1e-5);
        Assert.Equal(0.6f, a.grad!.item<float>(), 1e-5f);
    }

    [Fact]
    public void Cosine_schedule_follows_its_curve()
    {
        using var parameter = nn.Parameter(ones(1));
        using var optimizer = optim.SGD([parameter], 0.5);
        var schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 4, 0.05);
        for (var epoch = 0; epoch < 8; epoch++, schedule.step())
            Assert.Equal(0.05 + 0.45 * (1 + Math.Cos(Math.PI * epoch / 4)) / 2, optimizer.ParamGroups.First().LearningRate, 1e-9);
    }

    [Fact]
    public void Module_names_what_it_holds()
    {
        using var block = new Block();
        Assert.Equal(["scale", "first.weight", "first.bias", "rest.0.weight", "rest.1.weight"],
            block.named_parameters().Select(p => p.name));
        Assert.Equal(["table"], block.named_buffers().Select(b => b.name));
        Assert.Equal(["first", "rest", "rest.0", "rest.1"], block.named_modules().Select(m => m.name));
        block.eval();
        Assert.All(block.modules(), module => Assert.False(module.training));
        block.to(bfloat16);
        Assert.All(block.parameters(), parameter => Assert.Equal(bfloat16, parameter.dtype));
        Assert.Equal(int64, block.get_buffer("table")!.dtype);
        var (missing, unexpected) = block.load_state_dict(new() { ["scale"] = full(2, 3f), ["other"] = ones(1) }, strict: false);
        Assert.Equal(4 + 1, missing.Count);
        Assert.Equal(["other"], unexpected);
        Assert.Equal(6f, block.get_parameter("scale")!.to(float32).sum().item<float>());
    }

    [Fact]
    public void Attention_equals_its_composition()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor q = randn([2, 3, 5, 8]).requires_grad_(), k = randn([2, 3, 7, 8]), v = randn([2, 3, 7, 8]);
        var bias = randn([5, 7]);
        var allowed = (bias > -1).logical_or(tensor(new[] { true, false, false, false, false, false, false }));
        Compare(nn.functional.scaled_dot_product_attention(q, k, v), Attend(null));
        Compare(nn.functional.scaled_dot_product_attention(q, k, v, bias), Attend(bias));
        Compare(nn.functional.scaled_dot_product_attention(q, k, v, allowed), Attend(where(allowed, 0f, float.NegativeInfinity)));
        var causal = ones(5, 7, dtype: @bool).tril();
        Compare(nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true), Attend(where(causal, 0f, float.NegativeInfinity)));

        Tensor Attend(Tensor? mask)
        {
            var scores = q.matmul(k.transpose(2, 3)) / Math.Sqrt(8);
            return (mask is null ? scores : scores + mask).softmax(-1).matmul(v);
        }

        void Compare(Tensor found, Tensor expected)
        {
            Assert.True(found.allclose(expected, 1e-5, 1e-6));
            Tensor Gradient(Tensor of) => autograd.grad([of.pow(2).sum()], [q])[0];
            Assert.True(Gradient(found).allclose(Gradient(expected), 1e-4, 1e-5));
        }
    }

    [Fact]
    public void Cross_entropy_ignores_the_labels_it_is_told_to()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[,] { { 1.0, 2, 3 }, { 3, 2, 1 }, { 0, 0, 0 } });
        var labels = tensor(new long[] { 2, -100, 0 });
        double Loss(params double[] row) => Math.Log(row.Sum(Math.Exp)) - row[^1];
        var expected = (Loss(1, 2, 3) + Loss(0, 0, 0)) / 2;
        Assert.Equal(expected, nn.functional.cross_entropy(logits, labels).item<double>(), 1e-12);
        Assert.Equal(2 * expected, nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).item<double>(), 1e-12);
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first;
        private readonly ModuleList<Linear> rest;
        private readonly Parameter scale;
        private readonly Tensor table;

        public Block() : base(nameof(Block))
        {
            first = nn.Linear(2, 3);
            rest = nn.ModuleList(nn.Linear(3, 3, hasBias: false), nn.Linear(3, 2, hasBias: false));
            scale = nn.Parameter(ones(2));
            table = arange(4);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => rest[1].call(rest[0].call(first.call(input))) * scale + table[0];
    }
}
