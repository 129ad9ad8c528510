using PeftLabs.Formats;
using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>A LoRA adapter to PEFT's folder and back.</summary>
internal static class LoraFiles
{
    public static LoraAdapter Load(CausalLM model, string folder)
    {
        using var file = AdapterFile.Open(folder);
        var adapter = Attach(model, file);
        try
        {
            Fill(adapter, file);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    public static void Save(LoraAdapter adapter, string folder, string? baseModel)
    {
        var config = adapter.Config with
        {
            TargetModules = adapter.Config.Targets(adapter.Model.Config.Family),
            BaseModel = baseModel ?? adapter.Config.BaseModel,
            FanInFanOut = adapter.Model.Config.Family.IsTransposed,
        };
        AdapterFile.Save(folder, config, adapter.Parts.Select(p => (p.Name, (Tensor)p.Parameter)));
    }

    private static LoraAdapter Attach(CausalLM model, AdapterFile file)
    {
        try
        {
            return LoraAdapter.Attach(model, file.Config);
        }
        catch (ArgumentException e)
        {
            throw new AdapterFormatException($"does not fit the model: {e.Message}", file.Folder, inner: e);
        }
    }

    // Every tensor of the one must have its place in the other, and the same shape.
    private static void Fill(LoraAdapter adapter, AdapterFile file)
    {
        var places = adapter.Parts.ToDictionary(p => p.Name, p => p.Parameter);
        if (file.Tensors.Keys.FirstOrDefault(n => !places.ContainsKey(n)) is { } extra)
            throw new AdapterFormatException("the base model and adapter_config.json have no place for it.", file.Folder, file.Tensors[extra].Name);
        foreach (var (name, parameter) in places)
        {
            if (!file.Tensors.TryGetValue(name, out var info))
                throw new AdapterFormatException($"has no {name.Part} of {name.Module}, which adapter_config.json asks for.", file.Folder);
            if (!info.Shape.SequenceEqual(parameter.shape))
                throw new AdapterFormatException($"is [{string.Join(", ", info.Shape)}]; the base model and adapter_config.json make it "
                    + $"[{string.Join(", ", parameter.shape)}].", file.Folder, info.Name);
            file.ReadInto(name, parameter);
        }
    }
}
