using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>x Wᵀ + b, with W [out, in].</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    private Parameter _weight, _bias;

    internal Linear(Parameter weight, Parameter bias) : base(nameof(Linear))
    {
        this.weight = weight;
        if (bias is not null) this.bias = bias;
        RegisterComponents();
    }

    internal Linear(long inputs, long outputs, bool hasBias, Device device, ScalarType? dtype) : base(nameof(Linear))
    {
        var bound = 1 / Math.Sqrt(inputs);
        var start = empty([outputs, inputs], dtype, device);
        weight = new Parameter(init.kaiming_uniform_(start, Math.Sqrt(5)));
        if (hasBias) bias = new Parameter(empty([outputs], dtype, device).uniform_(-bound, bound));
        RegisterComponents();
    }

    public Parameter weight
    {
        get => _weight;
        set
        {
            _weight = value ?? throw new ArgumentNullException(nameof(weight));
            (out_features, in_features) = (value.shape[0], value.shape[1]);
            ConditionallyRegisterParameter(nameof(weight), value);
        }
    }

    public Parameter bias
    {
        get => _bias;
        set => ConditionallyRegisterParameter(nameof(bias), _bias = value);
    }

    public long in_features { get; set; }

    public long out_features { get; set; }

    public override Tensor forward(Tensor tensor) => functional.linear(tensor, weight, bias);
}
