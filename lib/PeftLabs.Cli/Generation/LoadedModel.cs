using PeftLabs.Adapters;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;

namespace PeftLabs.Cli.Generation;

/// <summary>A model, its tokenizer, and the adapter that it wears, if any.</summary>
public sealed class LoadedModel(CausalLM model, HuggingFaceTokenizer tokenizer, LoraAdapter? adapter) : IDisposable
{
    /// <summary>The model.</summary>
    public CausalLM Model => model;

    /// <summary>What continues texts with it.</summary>
    public TextCompletion Completion { get; } = new(model, tokenizer);

    /// <inheritdoc/>
    public void Dispose()
    {
        adapter?.Dispose();
        model.Dispose();
    }
}
