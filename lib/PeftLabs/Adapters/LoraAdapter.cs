using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using TorchSharp.Modules;

namespace PeftLabs.Adapters;

/// <summary>LoRA (arXiv 2106.09685) hung on a model: the only parameters that are trained.</summary>
public sealed class LoraAdapter : IDisposable
{
    private readonly List<LoraLayer> _layers;
    private readonly List<TrainedBias> _biases;

    private LoraAdapter(CausalLM model, LoraAdapterConfig config, List<LoraLayer> layers, List<TrainedBias> biases) =>
        (Model, Config, _layers, _biases) = (model, config, layers, biases);

    /// <summary>The base model.</summary>
    public CausalLM Model { get; }

    /// <summary>How it was made.</summary>
    public LoraAdapterConfig Config { get; }

    /// <summary>True while the model computes with it.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>True while its updates are part of the model's weights.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Its parameters, by module and part.</summary>
    public IEnumerable<(AdapterTensorName Name, Parameter Parameter)> Parts =>
        _layers.SelectMany(l => l.Parts).Concat(_biases.Select(b => (b.Name, b.Parameter)));

    /// <summary>Its parameters, named as PEFT's files name them.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters =>
        Parts.Select(p => (p.Name.ToFile(_layers.Any(l => l.Projection.Path == p.Name.Module)), p.Parameter));

    /// <summary>Its parameters.</summary>
    public IEnumerable<Parameter> Parameters => Parts.Select(p => p.Parameter);

    /// <summary>How many numbers are trained.</summary>
    public long TrainedParameters => Parameters.Sum(p => p.numel());

    /// <summary>Freezes the model and hangs a new adapter on it; until trained it changes nothing, since B is zero.</summary>
    /// <exception cref="ArgumentException">The target modules or a pattern match nothing, or the model wears an adapter already.</exception>
    public static LoraAdapter Attach(CausalLM model, LoraAdapterConfig config, ulong seed = 0)
    {
        var targets = LoraTargets.Find(model, config);
        model.SetTrainable(false);
        using var category = MemoryMeter.Category(MemoryCategory.Adapters);
        var biased = model.Projections.Values.Where(p => p.Bias is not null && config.Bias switch
        {
            AdapterBias.None => false,
            AdapterBias.LoraOnly => targets.Contains(p),
            _ => true,
        });
        var biases = biased.Select(p => new TrainedBias(p)).ToList();
        var adapter = new LoraAdapter(model, config, targets.ConvertAll(t => new LoraLayer(t, config, seed)), biases);
        adapter.Attach();
        return adapter;
    }

    /// <summary>Reads an adapter that the kit or PEFT saved, and hangs it on a model.</summary>
    /// <exception cref="AdapterFormatException">The files are broken, or do not fit the model.</exception>
    public static LoraAdapter Load(CausalLM model, string folder) => LoraFiles.Load(model, folder);

    /// <summary>Writes adapter_config.json and adapter_model.safetensors as PEFT does, whole or not at all.</summary>
    public void Save(string folder, string? baseModel = null) => LoraFiles.Save(this, folder, baseModel);

    /// <summary>Takes it off the model, which then computes as it did before.</summary>
    /// <exception cref="InvalidOperationException">It is merged: unmerge it first.</exception>
    public void Detach()
    {
        Require(!IsMerged, "is merged; unmerge it before it is detached");
        _layers.ForEach(l => l.Detach());
        _biases.ForEach(b => b.Detach());
        IsAttached = false;
    }

    /// <summary>Hangs it on the model again.</summary>
    public void Attach()
    {
        Require(!IsMerged, "is merged; unmerge it before it is attached");
        _layers.ForEach(l => l.Attach());
        _biases.ForEach(b => b.Attach());
        IsAttached = true;
    }

    /// <summary>Adds the updates to the model's weights, W += s·B·A, and takes the adapter off.</summary>
    public void Merge()
    {
        Require(!IsMerged, "is merged already");
        Detach();
        _layers.ForEach(l => l.AddToWeight(1));
        _biases.ForEach(b => b.Attach());
        IsMerged = true;
    }

    /// <summary>Takes the updates out of the weights again, to rounding, and hangs the adapter on the model.</summary>
    public void Unmerge()
    {
        Require(IsMerged, "is not merged");
        _layers.ForEach(l => l.AddToWeight(-1));
        IsMerged = false;
        Attach();
    }

    /// <summary>Takes it off the model, where it is attached, and frees its tensors.</summary>
    public void Dispose()
    {
        if (IsAttached)
            Detach();
        _layers.ForEach(l => l.Dispose());
        _biases.ForEach(b => b.Dispose());
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException($"The adapter {otherwise}.");
    }
}
