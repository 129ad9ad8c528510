using PeftLabs.Formats;
using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>What an adapter does to the tensors of a checkpoint, found from names and shapes alone.</summary>
internal sealed class CheckpointUpdates
{
    private readonly Dictionary<string, string> _moduleOf = [];
    private readonly Dictionary<string, AdapterTensorName> _biases = [];
    private readonly AdapterFile _adapter;
    private readonly ModelFamily _family;

    /// <exception cref="AdapterFormatException">A part of the adapter has no place in the base or another shape, or one is missing.</exception>
    public CheckpointUpdates(ModelConfig model, Checkpoint checkpoint, AdapterFile adapter)
    {
        (_adapter, _family) = (adapter, model.Family);
        var wanted = Wanted(model, checkpoint);
        if (adapter.Tensors.Keys.FirstOrDefault(name => !wanted.Contains(name)) is { } extra)
            throw new AdapterFormatException("the base model and adapter_config.json have no place for it.", adapter.Folder, adapter.Tensors[extra].Name);
        if (wanted.FirstOrDefault(name => !adapter.Tensors.ContainsKey(name)) is { } lacking)
            throw new AdapterFormatException($"has no {lacking.Part} of {lacking.Module}, which adapter_config.json asks for.", adapter.Folder);
        foreach (var name in wanted)
            Add(name, checkpoint);
    }

    /// <summary>Projections with an update.</summary>
    public int Modules => _moduleOf.Count;

    /// <summary>The update of a weight, if it has one.</summary>
    public RowUpdate? OfWeight(string tensor)
    {
        if (!_moduleOf.TryGetValue(tensor, out var module))
            return null;
        var (a, b) = (_adapter.Read(new(module, AdapterPart.LoraA), ScalarType.Float32), _adapter.Read(new(module, AdapterPart.LoraB), ScalarType.Float32));
        // The update of a matrix that is stored turned around is (B·A)ᵀ = Aᵀ·Bᵀ.
        return IsTransposed(module) ? new(Turned(b), Turned(a), _adapter.Config.ScalingOf(module)) : new(a, b, _adapter.Config.ScalingOf(module));
    }

    /// <summary>The trained bias that takes a tensor's place, if there is one; the caller owns it.</summary>
    public Tensor? OfBias(string tensor) => _biases.TryGetValue(tensor, out var name) ? _adapter.Read(name) : null;

    private HashSet<AdapterTensorName> Wanted(ModelConfig model, Checkpoint checkpoint)
    {
        var config = _adapter.Config;
        var paths = ModelPaths.Projections(model).ToList();
        var targets = Targets(paths, model, config);
        var parts = targets.SelectMany(path => new AdapterTensorName[] { new(path, AdapterPart.LoraA), new(path, AdapterPart.LoraB) });
        var biased = config.Bias switch { AdapterBias.None => [], AdapterBias.LoraOnly => targets, _ => paths };
        return [.. parts, .. biased.Where(path => checkpoint.Contains(Stored(checkpoint, $"{path}.bias")))
            .Select(path => new AdapterTensorName(path, AdapterPart.Bias))];
    }

    private List<string> Targets(List<string> paths, ModelConfig model, LoraAdapterConfig config)
    {
        try
        {
            return LoraTargets.Find(paths, model.Family, config);
        }
        catch (ArgumentException e)
        {
            throw new AdapterFormatException($"does not fit the model: {e.Message}", _adapter.Folder, inner: e);
        }
    }

    private void Add(AdapterTensorName name, Checkpoint checkpoint)
    {
        var tensor = Stored(checkpoint, $"{name.Module}.{(name.Part == AdapterPart.Bias ? "bias" : "weight")}");
        var (own, place) = (_adapter.Tensors[name], checkpoint.Info(tensor));
        if (!Fits(name.Part, own.Shape, IsTransposed(name.Module) && place.Shape.Count == 2 ? [place.Shape[1], place.Shape[0]] : place.Shape))
            throw new AdapterFormatException($"is [{string.Join(", ", own.Shape)}], and the base's '{tensor}' "
                + $"[{string.Join(", ", place.Shape)}]; A is [rank, in], B [out, rank] and a bias [out].", _adapter.Folder, own.Name);
        if (name.Part == AdapterPart.Bias)
            _biases.Add(tensor, name);
        else
            _moduleOf[tensor] = name.Module;
    }

    private bool IsTransposed(string module) => _family.IsTransposed && module != _family.Head;

    private string Stored(Checkpoint checkpoint, string name) => CheckpointNames.Stored(checkpoint, _family, name);

    private static Tensor Turned(Tensor matrix)
    {
        using (matrix)
            return matrix.t();
    }

    private static bool Fits(AdapterPart part, IReadOnlyList<long> own, IReadOnlyList<long> place) => part switch
    {
        AdapterPart.LoraA => place.Count == 2 && own[1] == place[1],
        AdapterPart.LoraB => place.Count == 2 && own[0] == place[0],
        _ => own.SequenceEqual(place),
    };
}
