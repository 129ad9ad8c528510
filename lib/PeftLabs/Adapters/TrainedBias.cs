using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using TorchSharp.Modules;

namespace PeftLabs.Adapters;

/// <summary>A projection's bias that is trained with an adapter: a copy takes its place while the adapter is on.</summary>
internal sealed class TrainedBias : IDisposable
{
    private readonly Projection _projection;
    private readonly Parameter _frozen;

    /// <param name="projection">A projection with a bias.</param>
    public TrainedBias(Projection projection)
    {
        (_projection, _frozen) = (projection, projection.Bias!);
        using var copy = _frozen.detach();
        Parameter = new Parameter(copy.clone());
        Parameter.DetachFromDisposeScope();
    }

    public AdapterTensorName Name => new(_projection.Path, AdapterPart.Bias);

    public Parameter Parameter { get; }

    public void Attach() => _projection.Bias = Parameter;

    public void Detach() => _projection.Bias = _frozen;

    public void Dispose() => Parameter.Dispose();
}
