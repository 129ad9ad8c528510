using PeftLabs.Adapters;
using PeftLabs.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>The model of a run in memory, made ready to be trained: whole, or with a new adapter on it.</summary>
internal sealed class LoadedModel : IDisposable
{
    public LoadedModel(RunSpec spec)
    {
        Model = spec.Model.Load(spec.Loading with { Device = device(spec.Device) });
        try
        {
            Adapter = spec.Lora is null ? null : LoraAdapter.Attach(Model, spec.Lora, spec.Training.Seed);
            if (Adapter is null)
                Model.SetTrainable(true);
        }
        catch
        {
            Model.Dispose();
            throw;
        }
    }

    public CausalLM Model { get; }

    public LoraAdapter? Adapter { get; }

    /// <summary>What is trained, by name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Trained => Adapter?.NamedParameters ?? Model.named_parameters();

    public void Dispose()
    {
        Adapter?.Dispose();
        Model.Dispose();
    }
}
