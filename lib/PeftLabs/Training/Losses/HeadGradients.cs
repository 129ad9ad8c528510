using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// A head, some rows at a time: logits = x·Wᵀ + b + s·(d·Aᵀ)·Bᵀ with d = dropout(x), and the gradients of what of it is trained,
/// summed over the rows that it has seen. Those of the hidden states are given back row by row.
/// </summary>
internal sealed class HeadGradients
{
    private readonly Projection _head;
    private readonly DropoutMask? _dropout;
    private readonly bool _needsHidden;
    private long _seen;

    /// <summary>Sums begin at zero; what is not trained has none.</summary>
    /// <param name="head">The head.</param>
    /// <param name="hidden">Whether gradients of the hidden states are wanted.</param>
    /// <param name="weight">The weight, where it is trained.</param>
    /// <param name="bias">The bias, where it is trained.</param>
    /// <param name="a">A, where it is trained.</param>
    /// <param name="b">B, where it is trained.</param>
    public HeadGradients(Projection head, bool hidden, Tensor? weight, Tensor? bias, Tensor? a, Tensor? b)
    {
        (_head, _needsHidden) = (head, hidden);
        _dropout = head.DropoutMask;
        (Weight, Bias, A, B) = (Zeros(weight), Zeros(bias), Zeros(a), Zeros(b));
    }

    /// <summary>The weight's gradient <c>[vocabulary, hidden]</c>.</summary>
    public Tensor? Weight { get; }

    /// <summary>The bias's <c>[vocabulary]</c>.</summary>
    public Tensor? Bias { get; }

    /// <summary>A's <c>[rank, hidden]</c>.</summary>
    public Tensor? A { get; }

    /// <summary>B's <c>[vocabulary, rank]</c>.</summary>
    public Tensor? B { get; }

    /// <summary>The gradients there are.</summary>
    public IEnumerable<Tensor> All => new[] { Weight, Bias, A, B }.OfType<Tensor>();

    /// <summary>Whether anything at all needs the logits' gradient.</summary>
    public bool Any => _needsHidden || All.Any();

    /// <summary>
    /// Computes logits of the next rows, <paramref name="x"/> <c>[rows, hidden]</c>, has <paramref name="use"/> turn them into their gradient, where one
    /// is needed, and carries that on. Gives the gradient of x, or null where it is not wanted.
    /// </summary>
    public Tensor? Run(Tensor x, Action<Tensor> use)
    {
        var first = _seen;
        _seen += x.numel();
        var (logits, dropped, h) = Forward(x, first);
        use(logits);
        return Any ? Backward(logits, x, first, dropped, h) : null;
    }

    private (Tensor Logits, Tensor? Dropped, Tensor? H) Forward(Tensor x, long first)
    {
        using var profile = ProfileScope.Operator("head");
        var logits = Logits(x);
        if (_head.Bias is { } bias)
            logits = logits.add_(bias);
        if (_head.Update is not { } update)
            return (logits, null, null);
        using var part = ProfileScope.Part("adapter product");
        var dropped = _dropout is { } mask ? InputDropout.Apply(x, mask, first) : x;
        var h = Product(dropped, update.A.t());
        AddProduct(logits, h, update.B.t(), update.Scaling);
        return (logits, dropped, h);
    }

    private Tensor Logits(Tensor x)
    {
        using var part = ProfileScope.Part("weight product");
        return _head.Weight.Multiply(x);
    }

    private Tensor? Backward(Tensor g, Tensor x, long first, Tensor? dropped, Tensor? h)
    {
        using var profile = ProfileScope.Operator("head");
        AddWeightGradient(g, x);
        Bias?.add_(g.sum(dim: 0));
        if (_head.Update is { } update)
        {
            using var part = ProfileScope.Part("adapter gradient");
            AddProduct(B, g.t(), h!, update.Scaling);
            h = A is not null || _needsHidden ? Product(g, update.B).mul_(update.Scaling) : h;
            AddProduct(A, h!.t(), dropped!);
        }
        return _needsHidden ? InputGradient(g, first, h) : null;
    }

    private void AddWeightGradient(Tensor g, Tensor x)
    {
        using var part = ProfileScope.Part("weight gradient");
        AddProduct(Weight, g.t(), x);
    }

    private Tensor InputGradient(Tensor g, long first, Tensor? h)
    {
        using var part = ProfileScope.Part("input gradient");
        var gx = _head.Weight.MultiplyTransposed(g);
        if (_head.Update is null)
            return gx;
        if (_dropout is { } mask)
            return InputDropout.AddTo(gx, Product(h!, _head.Update.A), mask, first);
        AddProduct(gx, h!, _head.Update.A);
        return gx;
    }

    private Tensor Product(Tensor a, Tensor b) => RoundedProduct.Of(a, b, _head.Weight.ProductType);

    // sum += scale·a·b, in one product where nothing is rounded.
    private void AddProduct(Tensor? sum, Tensor a, Tensor b, double scale = 1)
    {
        if (sum is null)
            return;
        using var scope = NewDisposeScope();
        if (_head.Weight.ProductType == ScalarType.Float32)
            sum.addmm_(a, b, alpha: (float)scale);
        else
            sum.add_(Product(a, b), scale);
    }

    private static Tensor? Zeros(Tensor? of)
    {
        using var part = ProfileScope.Part("gradient sums");
        return of is null ? null : zeros(of.shape, dtype: of.dtype, device: of.device);
    }
}
