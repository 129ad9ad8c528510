namespace PeftLabs.Models;

/// <summary>A published model as a catalogue has it: its shape, without its weights.</summary>
/// <param name="Name">The short name, for example <c>llama-3.1-70b</c>.</param>
/// <param name="Hub">The name on the Hugging Face hub, for example <c>meta-llama/Llama-3.1-70B</c>.</param>
/// <param name="Also">Other names of models of that shape.</param>
/// <param name="Parameters">The parameters that its publisher states, or that its files hold.</param>
/// <param name="Config">Its config.json.</param>
public sealed record CatalogueModel(string Name, string Hub, IReadOnlyList<string> Also, long Parameters, ModelConfig Config)
{
    /// <summary>Every name of it.</summary>
    public IEnumerable<string> Names => [Name, Hub, .. Also];
}
