using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Cpu;

/// <summary>Each kernel against torch's own operators and autograd, in odd shapes, on every instruction set.</summary>
[Collection("Memory")]
public class ElementWiseTests
{
    public static TheoryData<string> Paths => Elements.Paths;

    [Theory, MemberData(nameof(Paths))]
    public void Rms_norm_equals_operators(string path)
    {
        // A row of one number has no gradient but rounding.
        foreach (var (rows, size) in new[] { (1, 2), (3, 7), (5, 16), (4, 33), (9, 72), (300, 576) })
        {
            using var scope = NewDisposeScope();
            random.manual_seed(size);
            var (x, w, g) = (randn(rows, 1, size), new Parameter(randn(size)), randn(rows, 1, size));
            List<Tensor> Run(ElementKernels? kernels)
            {
                using var choice = ElementWise.Using(kernels);
                var input = x.detach().clone().requires_grad_();
                w.grad = null;
                var y = RmsNormFunction.Apply(input, w, 1e-5);
                y.backward([g]);
                BackwardScope.Release();
                return [y.detach(), input.grad!, w.grad!.clone()];
            }

            Near(Run(null), Run(Elements.Path(path)), 2e-6, $"{rows}×{size}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Rms_norm_equals_its_formula_in_double(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Elements.Path(path));
        var (x, w) = (randn(6, 50), new Parameter(randn(50)));
        var (wide, weight) = (x.to(ScalarType.Float64), w.to(ScalarType.Float64));
        var expected = wide / (wide.square().mean([-1], keepdim: true) + 1e-5).sqrt() * weight;
        Tolerance.Near(expected.to(ScalarType.Float32), RmsNormFunction.Apply(x, w, 1e-5), 1e-6, "y");
    }

    [Theory, MemberData(nameof(Paths))]
    public void Rms_norm_reads_inputs_kept_in_16_bits(string path)
    {
        foreach (var type in new[] { ActivationType.BFloat16, ActivationType.Float16 })
        {
            using var scope = NewDisposeScope();
            var (x, w, g) = (randn(5, 41), new Parameter(randn(41)), randn(5, 41));
            List<Tensor> Run(ElementKernels? kernels)
            {
                using var choice = ElementWise.Using(kernels);
                var input = x.detach().clone().requires_grad_();
                w.grad = null;
                RmsNormFunction.Apply(input, w, 1e-5, type).backward([g]);
                BackwardScope.Release();
                return [input.grad!, w.grad!.clone()];
            }

            // The operators take the mean with rounded inputs and the kernels a sum of the same ones.
            Near(Run(null), Run(Elements.Path(path)), 2e-6, $"{type}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Rotation_equals_operators(string path)
    {
        foreach (var (batch, tokens, heads, size) in new[] { (1, 1, 1, 2), (2, 5, 3, 6), (3, 4, 2, 16), (2, 7, 3, 64), (1, 9, 4, 80), (4, 128, 9, 64) })
        {
            using var scope = NewDisposeScope();
            // The same angles for every sequence, and angles of its own for each.
            var angles = randn(batch, tokens, size / 2);
            var (x, g) = (randn(batch, tokens, heads, size), randn(batch, heads, tokens, size));
            List<Tensor> Run(ElementKernels? kernels, Tensor table)
            {
                using var choice = ElementWise.Using(kernels);
                var input = x.detach().clone().requires_grad_();
                var y = RotaryFunction.Apply(input, table.cos(), table.sin());
                y.backward([g]);
                BackwardScope.Release();
                return [y.detach(), input.grad!];
            }

            foreach (var table in new[] { angles, angles[0] })
                Near(Run(null, table), Run(Elements.Path(path), table), 1e-6, $"{batch}×{tokens}×{heads}×{size}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Swiglu_equals_operators(string path)
    {
        foreach (var count in new[] { 1, 15, 16, 17, 1000, 300_000 })
            foreach (var type in Enum.GetValues<ActivationType>())
            {
                using var scope = NewDisposeScope();
                random.manual_seed(count);
                var (gate, up) = (SavedActivation.Pack(randn(count) * 4, type), SavedActivation.Pack(randn(count), type));
                var g = randn(count);
                List<Tensor> Run(ElementKernels? kernels)
                {
                    using var choice = ElementWise.Using(kernels);
                    var (ggate, gup, product) = InnerActivation.SwiGlu.Backward(gate, up, g.clone(), productNeeded: true);
                    return [InnerActivation.SwiGlu.Forward(gate, up), ggate, gup!, product!];
                }

                Near(Run(null), Run(Elements.Path(path)), 1e-6, $"{count} of {type}");
            }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Swiglu_gradients_equal_autograd_in_double(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Elements.Path(path));
        float[] edges = [0, -0f, 1e-30f, -20, 20, -80, 80, -120, 120, 500, -500];
        var (gate, up, g) = (cat([tensor(edges), randn(30) * 10]), randn(41), randn(41));
        var (wideGate, wideUp) = (gate.to(ScalarType.Float64).requires_grad_(), up.to(ScalarType.Float64).requires_grad_());
        (nn.functional.silu(wideGate) * wideUp).backward([g.to(ScalarType.Float64)]);
        var (ggate, gup, _) = InnerActivation.SwiGlu.Backward(gate, up, g.clone(), productNeeded: false);
        Tolerance.Near(wideGate.grad!.to(ScalarType.Float32), ggate, 1e-6, "gate");
        Tolerance.Near(wideUp.grad!.to(ScalarType.Float32), gup!, 1e-6, "up");
    }

    [Theory, MemberData(nameof(Paths))]
    public void Swiglu_passes_NaN_on(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Elements.Path(path));
        var gate = tensor(new[] { 1f, float.NaN, 2f });
        Assert.Equal([false, true, false], InnerActivation.SwiGlu.Forward(gate, ones(3)).isnan().data<bool>().ToArray());
        Assert.Equal([false, true, false], InnerActivation.SwiGlu.Backward(gate, ones(3), ones(3), false).Input.isnan().data<bool>().ToArray());
    }

    [Theory, MemberData(nameof(Paths))]
    public void All_instruction_sets_give_the_same_bits(string path)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (x, y, g, w) = (randn(7, 75), randn(7, 75), randn(7, 75), new Parameter(randn(75)));
        List<Tensor> Run(ElementKernels kernels)
        {
            var (normed, inverse) = ElementWise.RmsNorm(kernels, x, w, 1e-6);
            var up = g.clone();
            var (gate, product) = ElementWise.GateBackward(kernels, Activation.Silu, (x, y), up, productNeeded: true, overwrites: false);
            return [normed, inverse, gate, product!, up, ElementWise.RmsNormBackward(kernels, x, w, inverse, g),
                ElementWise.RmsNormWeight(kernels, x, inverse, g)];
        }

        foreach (var (expected, given) in Run(Elements.Portable).Zip(Run(Elements.Path(path))))
            Assert.Equal(expected.data<float>().ToArray(), given.data<float>().ToArray());
    }

    private static void Near(List<Tensor> expected, List<Tensor> given, double relative, string what)
    {
        foreach (var (index, (one, other)) in expected.Zip(given).Index())
            Tolerance.Near(one, other, relative, $"{what}, result {index}");
    }
}
