using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Normalizes over the last dimensions, of the given shape.</summary>
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    private Parameter _weight, _bias;

    internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias, Device device, ScalarType? dtype) : base(nameof(LayerNorm))
    {
        (normalized_shape, this.eps, elementwise_affine) = (shape, eps, affine);
        if (affine) weight = new Parameter(ones(shape, dtype, device));
        if (affine && hasBias) bias = new Parameter(zeros(shape, dtype, device));
        RegisterComponents();
    }

    public Parameter weight
    {
        get => _weight;
        set => ConditionallyRegisterParameter(nameof(weight), _weight = value);
    }

    public Parameter bias
    {
        get => _bias;
        set => ConditionallyRegisterParameter(nameof(bias), _bias = value);
    }

    public long[] normalized_shape { get; set; }

    public double eps { get; set; }

    public bool elementwise_affine { get; set; }

    public void reset_parameters()
    {
        using var off = no_grad();
        weight?.fill_(1);
        bias?.fill_(0);
    }

    public override Tensor forward(Tensor tensor) => functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}
