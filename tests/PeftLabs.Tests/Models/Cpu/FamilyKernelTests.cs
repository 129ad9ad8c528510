using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Cpu;

/// <summary>What other families than Llama compute element by element: each kernel against torch in double, on every instruction set.</summary>
[Collection("Memory")]
public class FamilyKernelTests
{
    private static readonly float[] s_edges = [0, -0f, 1e-30f, -1e-3f, 1e-3f, -5, 5, -20, 20, -80, 80, -500, 500];

    public static TheoryData<string> Paths => Elements.Paths;

    [Theory, MemberData(nameof(Paths))]
    public void Activations_and_their_slopes_equal_autograd_in_double(string path)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var (x, g) = (cat([tensor(s_edges), randn(90) * 3]), randn(103));
        foreach (var f in Enum.GetValues<Activation>())
        {
            var wide = x.to(ScalarType.Float64).requires_grad_();
            var y = f switch
            {
                Activation.Silu => nn.functional.silu(wide),
                Activation.Gelu => wide.gelu(),
                _ => wide.gelu(GELU.Approximate.tanh),
            };
            y.backward([g.to(ScalarType.Float64)]);
            foreach (var kernels in new[] { Elements.Path(path), null })
            {
                using var choice = ElementWise.Using(kernels);
                var inner = new InnerActivation(f, GateKind.None);
                var (gradient, _, again) = inner.Backward(x, null, g.clone(), productNeeded: true);
                Close(y, inner.Forward(x), $"{f}");
                Close(y, again!, $"{f} again");
                Close(wide.grad!, gradient, $"slope of {f}");
            }
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Gate_and_up_side_by_side_are_what_they_are_apart(string path)
    {
        foreach (var kernels in new[] { Elements.Path(path), null })
            foreach (var type in Enum.GetValues<ActivationType>())
                foreach (var needed in new[] { true, false })
                {
                    using var scope = NewDisposeScope();
                    using var choice = ElementWise.Using(kernels);
                    var (gate, up, g) = (SavedActivation.Pack(randn(5, 37), type), SavedActivation.Pack(randn(5, 37), type), randn(5, 37));
                    InnerActivation apart = new(Activation.GeluTanh), together = new(Activation.GeluTanh, GateKind.SideBySide);
                    var both = cat([gate, up], 1);
                    Tolerance.Near(apart.Forward(gate, up), together.Forward(both), 1e-6, "product");
                    var (gateGradient, upGradient, product) = apart.Backward(gate, up, g.clone(), needed);
                    var (gradient, _, again) = together.Backward(both, null, g.clone(), needed, overwrites: true);
                    Tolerance.Near(cat([gateGradient, upGradient!], 1), gradient, 1e-6, "gradient");
                    Assert.Equal(needed, again is not null);
                    if (needed)
                        Tolerance.Near(product!, again!, 1e-6, "product again");
                }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Layer_norm_equals_torchs_in_double(string path)
    {
        foreach (var (rows, size) in new[] { (1, 3), (4, 16), (5, 33), (200, 72) })
            foreach (var kernels in new[] { Elements.Path(path), null })
            {
                using var scope = NewDisposeScope();
                using var choice = ElementWise.Using(kernels);
                random.manual_seed(size);
                var (x, g) = ((randn(rows, size) + 0.5).requires_grad_(), randn(rows, size));
                using var norm = new Norm("norm", NormKind.Layer, new Parameter(randn(size)), new Parameter(randn(size)), 1e-5);
                var y = norm.forward(x);
                y.backward([g]);
                BackwardScope.Release();
                Tensor[] wide = [.. new[] { x, norm.Weight, norm.Bias! }.Select(t => t.detach().to(ScalarType.Float64).requires_grad_())];
                var expected = nn.functional.layer_norm(wide[0], [size], wide[1], wide[2], 1e-5);
                expected.backward([g.to(ScalarType.Float64)]);
                foreach (var (one, other, what) in new[] { (expected, y, "y"), (wide[0].grad!, x.grad!, "x"), (wide[1].grad!, norm.Weight.grad!, "w"), (wide[2].grad!, norm.Bias!.grad!, "b") })
                    Tolerance.Near(one.detach().to(ScalarType.Float32), other.detach(), 5e-6, $"{rows}×{size}: {what}");
            }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Soft_caps_and_their_slopes_equal_autograd_in_double(string path)
    {
        using var scope = NewDisposeScope();
        using var choice = ElementWise.Using(Elements.Path(path));
        var (x, g) = (cat([tensor(s_edges), randn(90) * 30]).requires_grad_(), randn(103));
        var wide = x.detach().to(ScalarType.Float64).requires_grad_();
        var expected = (wide / 30).tanh() * 30;
        expected.backward([g.to(ScalarType.Float64)]);
        var y = SoftCapFunction.Apply(x * 1, 30);
        y.backward([g]);
        BackwardScope.Release();
        Close(expected, y, "y");
        Close(wide.grad!, x.grad!, "slope");
    }

    [Theory, MemberData(nameof(Paths))]
    public void Heads_are_parted_turned_and_joined_as_by_operators(string path)
    {
        foreach (var layout in new HeadLayout[] { new(3, 3, 20, FusedHeads.Interleaved), new(4, 2, 24, FusedHeads.Blocks) })
            foreach (var pairs in new[] { 0, 3, layout.Size / 2 })
                foreach (var own in new[] { true, false })
                {
                    using var scope = NewDisposeScope();
                    random.manual_seed(pairs);
                    var angles = own ? randn(2, 5, pairs) : randn(5, pairs);
                    var (x, weights) = (randn(2, 5, layout.Width), layout.Parts.Select(p => randn(2, p.Heads, 5, layout.Size)).ToArray());
                    Tensor[] Run(ElementKernels? kernels)
                    {
                        using var choice = ElementWise.Using(kernels);
                        using var rotation = new Rotation(new() { Fraction = 0 }, 2, 0, 5, CPU);
                        var input = x.detach().clone().requires_grad_();
                        var (q, k, v) = HeadsFunction.Apply(input, rotation.Over(angles.cos(), angles.sin()), layout, ScopePath.Of("heads"));
                        ((q * weights[0]).sum() + (k * weights[1]).sum() + (v * weights[2]).sum()).backward();
                        BackwardScope.Release();
                        return [q.detach(), k.detach(), v.detach(), input.grad!];
                    }

                    foreach (var (index, (one, other)) in Run(null).Zip(Run(Elements.Path(path))).Index())
                        Tolerance.Near(one, other, 1e-6, $"{layout}, {pairs} pairs, result {index}");
                }
    }

    private static void Close(Tensor expected, Tensor given, string what) =>
        Tolerance.Near(expected.detach().to(ScalarType.Float32), given.detach(), 1e-6, what);
}
