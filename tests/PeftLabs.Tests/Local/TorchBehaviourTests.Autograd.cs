using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Local;

public partial class TorchBehaviourTests
{
    [Fact]
    public void Gradients_accumulate_over_backward_passes()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3 }, requires_grad: true);
        (x * x).sum().backward();
        (x * 3).sum().backward();
        Assert.Equal([5f, 7, 9], x.grad!.data<float>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
        var gradient = autograd.grad([(x * x * x).sum()], [x], retain_graph: true, create_graph: true)[0];
        Assert.True(gradient.requires_grad);
        gradient.sum().backward();
        Assert.Equal([6f, 12, 18], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Grad_mode_ends_with_its_scope()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
        }
        Assert.True(is_grad_enabled());
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void Custom_function_runs_its_own_backward()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var y = tensor(new float[] { 3, 5 }, requires_grad: true);
        var result = ScaledProduct.apply(x, 2.0, y);
        Assert.False(ReferenceEquals(result, x));
        Assert.True(result is { requires_grad: true, is_leaf: false });
        result.sum().backward();
        Assert.Equal([6f, 10], x.grad!.data<float>().ToArray());
        Assert.Equal([2f, 4], y.grad!.data<float>().ToArray());
        Assert.False(ScaledProduct.apply(x.detach(), 2.0, y.detach()).requires_grad);
    }

    [Fact]
    public void Custom_function_gets_zeros_for_the_outputs_that_were_not_used()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        SplitInTwo.Materialize = true;
        SplitInTwo.apply(x)[1].sum().backward();
        Assert.Equal([false, false], SplitInTwo.Undefined);
        Assert.Equal([0f, 0], x.grad!.data<float>().ToArray());
        SplitInTwo.Materialize = false;
        SplitInTwo.apply(x)[0].sum().backward();
        Assert.Equal([false, true], SplitInTwo.Undefined);
    }

    [Fact]
    public void Function_within_a_function_differentiates_by_itself()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        Recomputed.apply(x).sum().backward();
        Assert.Equal([3f, 12], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Exception_in_forward_reaches_the_caller_and_restores_the_grad_mode()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        Assert.Throws<FormatException>(() => Failing.apply(x, "forward"));
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Exception_in_backward_reaches_the_caller_of_backward()
    {
        Assert.SkipUnless(IsDropIn, "the package ends the process");
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var loss = Failing.apply(x, "backward").sum();
        Assert.Equal("in backward", Assert.Throws<FormatException>(() => loss.backward()).Message);
        Assert.Contains("(expected 2), got 1", Assert.Throws<NotImplementedException>(() => Failing.apply(x,
            "count").sum().backward()).Message);
        var inner = Assert.Throws<ExternalException>(() => Failing.apply(x, "shapes").sum().backward());
        Assert.StartsWith("mat1 and mat2 shapes cannot be multiplied", inner.Message);
        Failing.apply(x, "").sum().backward();
        Assert.NotNull(x.grad);
    }

    [Fact]
    public void Saved_tensor_that_was_changed_in_place_is_refused()
    {
        Assert.SkipUnless(IsDropIn, "the package ends the process");
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var changed = x * 1;
        var result = ScaledProduct.apply(changed, 2.0, x).sum();
        changed.add_(1);
        var error = Assert.Throws<ExternalException>(() => result.backward());
        Assert.Contains("modified by an inplace operation", error.Message);
    }

    [Fact]
    public void Custom_function_lets_go_of_everything_with_its_graph()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var context = Step(x);
        for (var i = 0; i < 10 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(context.IsAlive);

        static WeakReference Step(Tensor x)
        {
            using var inner = NewDisposeScope();
            ScaledProduct.apply(x, 2.0, x).sum().backward();
            return ScaledProduct.Last!;
        }
    }

    private sealed class ScaledProduct : autograd.SingleTensorFunction<ScaledProduct>
    {
        public static WeakReference? Last { get; private set; }

        public override string Name => nameof(ScaledProduct);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            Assert.False(is_grad_enabled());
            Last = new WeakReference(ctx);
            ctx.save_for_backward([(Tensor)vars[0], (Tensor)vars[2]]);
            ctx.save_data("scale", vars[1]);
            return (Tensor)vars[0] * (Tensor)vars[2] * (double)vars[1];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var scaled = grad_output * (double)ctx.get_data("scale");
            return [scaled * saved[1], null!, scaled * saved[0]];
        }
    }

    private sealed class SplitInTwo : autograd.MultiTensorFunction<SplitInTwo>
    {
        public static bool Materialize { get; set; }

        public static bool[] Undefined { get; private set; } = [];

        public override string Name => nameof(SplitInTwo);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.set_materialize_grads(Materialize);
            return [(Tensor)vars[0] * 2, (Tensor)vars[0] * 3];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            Undefined = [.. grad_outputs.Select(gradient => gradient.IsInvalid)];
            return [grad_outputs[0] * 2];
        }
    }

    private sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
    {
        public override string Name => nameof(Recomputed);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return ((Tensor)vars[0]).pow(3);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var on = enable_grad();
            var input = ctx.get_saved_variables()[0].detach().requires_grad_();
            input.pow(3).backward([grad_output]);
            return [input.grad!];
        }
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("where", vars[1]);
            return vars[1] is "forward" ? throw new FormatException("in forward") : (Tensor)vars[0] * 2;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => ctx.get_data("where") switch
        {
            "backward" => throw new FormatException("in backward"),
            "count" => [grad_output],
            "shapes" => [zeros(2, 3).matmul(zeros(4, 5)), null!],
            _ => [grad_output * 2, null!],
        };
    }
}
