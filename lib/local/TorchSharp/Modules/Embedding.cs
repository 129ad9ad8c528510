using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Rows of a table [entries, size], by number.</summary>
public sealed class Embedding : Module<Tensor, Tensor>
{
    private readonly long _padding;
    private readonly double? _maxNorm;
    private readonly double _normType;
    private readonly bool _scaleByFrequency, _sparse;
    private Parameter _weight;

    internal Embedding(Parameter weight, long? padding, double? maxNorm, double normType, bool scaleByFrequency, bool sparse)
        : base(nameof(Embedding))
    {
        (_padding, _maxNorm, _normType, _scaleByFrequency, _sparse) = (padding ?? -1, maxNorm, normType, scaleByFrequency, sparse);
        this.weight = weight;
        RegisterComponents();
    }

    public Parameter weight
    {
        get => _weight;
        set => ConditionallyRegisterParameter(nameof(weight), _weight = value ?? throw new ArgumentNullException(nameof(weight)));
    }

    public override Tensor forward(Tensor input)
    {
        if (_maxNorm is { } most)
            using (no_grad())
                Op.InPlace("embedding_renorm_", weight, input.contiguous(), most, _normType);
        return Op.Call("embedding", weight, input, _padding, _scaleByFrequency, _sparse);
    }
}
