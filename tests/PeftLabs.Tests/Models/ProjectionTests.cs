using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class ProjectionTests
{
    private const int Tokens = 7, In = 40, Out = 24;

    [Theory, InlineData(false), InlineData(true)]
    public void Without_its_output_gradients_are_the_same(bool gated)
    {
        using var scope = NewDisposeScope();
        using var projection = Random();
        var (expected, given) = (Gradients(projection, gated, true), Gradients(projection, gated, false));
        foreach (var (one, other) in expected.Zip(given))
            Assert.Equal(one.data<float>().ToArray(), other.data<float>().ToArray());
    }

    [Fact]
    public void An_output_that_is_not_needed_has_no_storage_of_its_size()
    {
        using var scope = NewDisposeScope();
        using var projection = Random();
        using var input = new SharedInput(randn(2, Tokens, In));
        var y = projection.Forward(input, outputNeeded: false);
        Assert.Equal([2, Tokens, Out], y.shape);
        Assert.Equal([0, 0, 0], y.stride());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_equal_those_of_the_formula(bool gated)
    {
        using var scope = NewDisposeScope();
        using var projection = Random();
        foreach (var (one, other) in ExpectedGradients(projection, gated).Zip(Gradients(projection, gated, true)))
            Tolerance.Near(one, other, 3e-6, $"gated {gated}");
    }

    [Theory, InlineData(ActivationType.BFloat16, 1.0 / 256), InlineData(ActivationType.Float16, 1.0 / 2048)]
    public void Inputs_kept_in_16_bits_change_gradients_by_their_rounding(ActivationType type, double rounding)
    {
        using var scope = NewDisposeScope();
        using var projection = Random();
        foreach (var gated in new[] { false, true })
        {
            var (expected, given) = (Gradients(projection, gated, true), Gradients(projection, gated, true, type));
            foreach (var (one, other) in expected.Zip(given))
                Tolerance.Near(one, other, 6 * rounding, $"{type}, gated {gated}");
            Assert.Contains(expected.Zip(given), p => !p.First.equal(p.Second).all().item<bool>());
        }
    }

    [Fact]
    public void Projections_that_share_an_input_keep_it_once()
    {
        using var scope = NewDisposeScope();
        using var shared = new SharedInput(randn(Tokens, In), ActivationType.BFloat16);
        Assert.Same(shared.Kept(), shared.Kept());
        Assert.Equal(ScalarType.BFloat16, shared.Kept().dtype);
        using var plain = new SharedInput(randn(Tokens, In));
        Assert.Same(plain.Rows, plain.Kept());
    }

    internal static Projection Random(double dropout = 0, long rank = 4)
    {
        random.manual_seed(3);
        using var scope = NewDisposeScope();
        var weight = Weight();
        var bias = new Parameter(randn(Out));
        var update = new LowRankUpdate(Trained(randn(rank, In)), Trained(randn(Out, rank)), 0.5, dropout);
        return new Projection("projection", weight, bias) { Update = update };
    }

    internal static StoredWeight Weight()
    {
        using var scope = NewDisposeScope();
        var weight = WeightFormat.Float32.Allocate(Out, In, CPU);
        weight.EncodeRows(0, randn(Out, In));
        weight.Complete();
        return weight;
    }

    /// <summary>The same gradients by autograd over torch's operators, with the projection's dropout mask.</summary>
    internal static List<Tensor> ExpectedGradients(Projection projection, bool gated)
    {
        var (x, up, upstream) = Inputs();
        Parameter[] parameters = [projection.Update!.A, projection.Update.B, projection.Bias!];
        foreach (var parameter in parameters)
            parameter.grad = null;
        var input = gated ? nn.functional.silu(x) * up : x;
        var factors = projection.DropoutMask is { } mask ? InputDropout.Apply(ones(2 * Tokens, In), mask).view(2, Tokens, In) : ones(1);
        var (a, b) = (projection.Update.A, projection.Update.B);
        var y = input.matmul(projection.Weight.Decode(0, Out).t()) + projection.Bias!
            + (input * factors).matmul(a.t()).matmul(b.t()) * projection.Update.Scaling;
        y.backward([upstream]);
        return [x.grad!, .. gated ? new[] { up.grad! } : [], .. parameters.Select(p => p.grad!.clone())];
    }

    /// <summary>The gradients of input, up (where gated), A, B and bias.</summary>
    internal static List<Tensor> Gradients(
        Projection projection, bool gated, bool outputNeeded, ActivationType kept = ActivationType.Float32)
    {
        var (x, up, upstream) = Inputs();
        using var shared = new SharedInput(x, kept);
        var y = gated ? projection.Forward(InnerActivation.SwiGlu, x, up, kept, outputNeeded) : projection.Forward(shared, outputNeeded);
        Parameter[] parameters = [projection.Update!.A, projection.Update.B, projection.Bias!];
        foreach (var parameter in parameters)
            parameter.grad = null;
        y.backward([upstream]);
        BackwardScope.Release();
        return [x.grad!, .. gated ? new[] { up.grad! } : [], .. parameters.Select(p => p.grad!.clone())];
    }

    private static (Tensor X, Tensor Up, Tensor Upstream) Inputs()
    {
        random.manual_seed(5);
        return (randn(2, Tokens, In).requires_grad_(), randn(2, Tokens, In).requires_grad_(), randn(2, Tokens, Out));
    }

    private static Parameter Trained(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
