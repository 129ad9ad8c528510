using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Cpu;

// The activations of the feed-forward.
internal static unsafe partial class ElementWise
{
    /// <summary>f(gate)·up in float32.</summary>
    public static Tensor Gate(ElementKernels kernels, Activation f, Tensor gate, Tensor up)
    {
        var product = empty(gate.shape);
        var (g, u) = (KeptValues.Of(gate.contiguous()), KeptValues.Of(up.contiguous()));
        var to = product.Pointer<float>();
        Run(product.numel(), 1, (first, end) => kernels.Gate(f, g.From((nint)first), u.From((nint)first), (nint)(end - first), to + first));
        return product;
    }

    /// <summary>The gate's gradient, and the product where it is asked for; the product's gradient becomes up's.</summary>
    public static (Tensor Gate, Tensor? Product) GateBackward(
        ElementKernels kernels, Activation f, (Tensor Gate, Tensor Up) x, Tensor gradient, bool productNeeded, bool overwrites)
    {
        // Each number is read before one is written in its place.
        var gateGradient = Room(x.Gate, gradient, overwrites);
        var product = productNeeded ? Room(x.Up, gradient, overwrites) : null;
        var (g, u) = (KeptValues.Of(x.Gate.contiguous()), KeptValues.Of(x.Up.contiguous()));
        float* inOut = gradient.Pointer<float>(), to = gateGradient.Pointer<float>();
        var also = product is null ? null : product.Pointer<float>();
        Run(gradient.numel(), 1, (first, end) => kernels.GateBackward(f, g.From((nint)first), u.From((nint)first), (nint)(end - first),
            inOut + first, to + first, also == null ? null : also + first));
        return (gateGradient, product);
    }

    /// <summary>f(gate)·up of rows <c>[…, 2·inner]</c>, each a gate and an up, in float32 <c>[…, inner]</c>.</summary>
    public static Tensor GateRows(ElementKernels kernels, Activation f, Tensor x)
    {
        x = x.contiguous();
        var inner = x.shape[^1] / 2;
        var product = empty([.. x.shape[..^1], inner]);
        var from = KeptValues.Of(x);
        var to = product.Pointer<float>();
        Run(product.numel() / inner, inner, (first, end) =>
        {
            for (var row = first; row < end; row++)
                kernels.Gate(f, from.From((nint)(2 * row * inner)), from.From((nint)((2 * row + 1) * inner)), (nint)inner, to + row * inner);
        });
        return product;
    }

    /// <summary>The gradient of such rows; that of the product becomes the product, where this is asked for.</summary>
    public static Tensor GateRowsBackward(
        ElementKernels kernels, Activation f, Tensor x, Tensor gradient, bool productNeeded, bool overwrites)
    {
        x = x.contiguous();
        var inner = (int)(x.shape[^1] / 2);
        var result = overwrites && x.dtype == ScalarType.Float32 ? x.detach() : empty(x.shape);
        var from = KeptValues.Of(x);
        float* inOut = gradient.Pointer<float>(), to = result.Pointer<float>();
        Run(gradient.numel() / inner, inner, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                float* g = inOut + row * inner, gate = to + 2 * row * inner, up = gate + inner;
                kernels.GateBackward(f, from.From((nint)(2 * row * inner)), from.From((nint)((2 * row + 1) * inner)), inner, g, gate,
                    productNeeded ? up : null);
                // The kernel leaves up's gradient where the product's was.
                if (productNeeded)
                    Swap(new(g, inner), new(up, inner));
                else
                    new Span<float>(g, inner).CopyTo(new(up, inner));
            }
        });
        return result;
    }

    /// <summary>f(x) in float32.</summary>
    public static Tensor Activate(ElementKernels kernels, Activation f, Tensor x)
    {
        var y = empty(x.shape);
        var from = KeptValues.Of(x.contiguous());
        var to = y.Pointer<float>();
        Run(y.numel(), 1, (first, end) => kernels.Activate(f, from.From((nint)first), (nint)(end - first), to + first));
        return y;
    }

    /// <summary>Turns the gradient of f(x) into that of x, and gives f(x) where it is asked for.</summary>
    public static Tensor? ActivateBackward(
        ElementKernels kernels, Activation f, Tensor x, Tensor gradient, bool valueNeeded, bool overwrites)
    {
        var value = valueNeeded ? Room(x, gradient, overwrites) : null;
        var from = KeptValues.Of(x.contiguous());
        var inOut = gradient.Pointer<float>();
        var to = value is null ? null : value.Pointer<float>();
        Run(gradient.numel(), 1, (first, end) => kernels.ActivateBackward(
            f, from.From((nint)first), (nint)(end - first), inOut + first, to == null ? null : to + first));
        return value;
    }

    /// <summary>x = cap·tanh(x/cap) in place.</summary>
    public static void SoftCap(ElementKernels kernels, Tensor x, double cap)
    {
        var at = x.Pointer<float>();
        Run(x.numel(), 1, (first, end) => kernels.SoftCap(at + first, (nint)(end - first), (float)cap, null));
    }

    private static Tensor Room(Tensor x, Tensor like, bool overwrites) =>
        overwrites && x.dtype == ScalarType.Float32 && x.is_contiguous() ? x.detach() : empty_like(like);

    private static void Swap(Span<float> one, Span<float> other)
    {
        for (var i = 0; i < one.Length; i++)
            (one[i], other[i]) = (other[i], one[i]);
    }
}
