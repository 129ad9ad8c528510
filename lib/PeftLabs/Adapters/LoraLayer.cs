using PeftLabs.Formats;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>LoRA on one projection: its two matrices.</summary>
internal sealed class LoraLayer : IDisposable
{
    /// <summary>A starts uniform in ±1/√in (Kaiming with a = √5, as PEFT does it), B at zero: the update starts at nothing.</summary>
    public LoraLayer(Projection projection, LoraAdapterConfig config, ulong seed)
    {
        Projection = projection;
        using var profile = ProfileScope.Enter(projection.Scope);
        using var part = ProfileScope.Part("adapter");
        var (path, device) = (projection.Path, projection.Weight.Device);
        var rank = config.RankOf(path);
        using var scope = NewDisposeScope();
        var bound = 1 / Math.Sqrt(projection.InFeatures);
        var a = UniformNumbers.Make([rank, projection.InFeatures], bound, seed, path).to(device).DetachFromDisposeScope();
        var b = zeros([projection.OutFeatures, rank], dtype: ScalarType.Float32, device: device);
        Update = new LowRankUpdate(Trained(a), Trained(b), config.ScalingOf(path), config.Dropout);
    }

    public Projection Projection { get; }

    public LowRankUpdate Update { get; }

    public (AdapterTensorName Name, Parameter Parameter)[] Parts =>
        [(new(Projection.Path, AdapterPart.LoraA), Update.A), (new(Projection.Path, AdapterPart.LoraB), Update.B)];

    public void Attach() => Projection.Update = Update;

    public void Detach() => Projection.Update = null;

    /// <summary>W += sign·s·B·A.</summary>
    public void AddToWeight(double sign)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Projection.Weight.Add(Update.B.mm(Update.A), sign * Update.Scaling);
    }

    public void Dispose()
    {
        Update.A.Dispose();
        Update.B.Dispose();
    }

    private static Parameter Trained(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
