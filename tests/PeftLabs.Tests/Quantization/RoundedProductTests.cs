using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Quantization;

public class RoundedProductTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    [InlineData("int8-row")]
    [InlineData("nf4-dq")]
    public void Products_in_bfloat16_are_those_of_rounded_operands(string format)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var weight = WeightFormat.Parse(format).Encode(randn(130, 96));
        foreach (var tokens in new[] { 1, 9 })
        {
            var (x, g) = (randn(tokens, 96), randn(tokens, 130));
            var (y, gx) = (weight.Multiply(x), weight.MultiplyTransposed(g));
            var rounded = weight.Decode(0, 130).to(ScalarType.BFloat16);
            weight.ProductType = ScalarType.BFloat16;
            var (found, gradient) = (weight.Multiply(x), weight.MultiplyTransposed(g));
            weight.ProductType = ScalarType.Float32;
            Assert.Equal((ScalarType.Float32, ScalarType.Float32), (found.dtype, gradient.dtype));
            Tolerance.Near(y, found, 2e-2, "x·Wᵀ against float32");
            Tolerance.Near(gx, gradient, 2e-2, "g·W against float32");
            Tolerance.Near(x.to(ScalarType.BFloat16).mm(rounded.t()).to(ScalarType.Float32), found, 1e-2, "x·Wᵀ");
            Assert.True(y.sub(found).abs().max().item<float>() > 1e-4, "Nothing was rounded.");
        }
    }

    [Fact]
    public void A_loss_in_bfloat16_is_that_of_float32_within_its_rounding()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        using var head = new Projection("lm_head", WeightFormat.Parse("nf4").Encode(randn(301, 64).mul_(0.1)), null);
        var (x, places, labels) = (randn(20, 64), arange(20, dtype: ScalarType.Int64), randint(0, 301, [20], dtype: ScalarType.Int64));
        var (loss, gradient) = Run();
        head.Weight.ProductType = ScalarType.BFloat16;
        var (rounded, found) = Run();
        Assert.Equal(loss, rounded, 1e-2 * loss);
        Assert.NotEqual(loss, rounded);
        Tolerance.Near(gradient, found, 2e-2, "the gradient");

        (float Loss, Tensor Gradient) Run()
        {
            var leaf = x.detach().requires_grad_();
            var result = ChunkedLossFunction.Apply(leaf, places, labels, head, 20, LossTerms.Plain, 4 * 301 * 6);
            result.backward();
            BackwardScope.Release();
            return (result.item<float>(), leaf.grad!.clone());
        }
    }

    [Theory]
    [InlineData(ArithmeticType.BFloat16)]
    [InlineData(ArithmeticType.Float16)]
    public void Sixteen_bits_are_refused_on_a_cpu_with_what_they_are_for_there(ArithmeticType type)
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        var error = Assert.Throws<ArgumentException>(() => ModelArithmetic.Apply(model, type));
        Assert.Contains($"Arithmetic is {type}", error.Message);
        Assert.Contains("storage", error.Message);
        ModelArithmetic.Apply(model, ArithmeticType.Float32);
        Assert.All(model.Projections.Values, p => Assert.Equal(ScalarType.Float32, p.Weight.ProductType));
    }
}
