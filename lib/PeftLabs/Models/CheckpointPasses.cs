using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>What a model needs for passes that record gradients: which parts are computed again, and where their inputs wait.</summary>
internal sealed class CheckpointPasses(CausalLM model, ModelExecution execution) : IDisposable
{
    private readonly ActivationStore _store = ActivationStore.Create(execution, model.Device);
    private Tensor? _anchor;

    /// <summary>How the model computes.</summary>
    public ModelExecution Execution => execution;

    /// <summary>Prepares every block for a pass over so many tokens.</summary>
    public void Begin(long tokens)
    {
        using var profile = ProfileScope.Operator("checkpoint store");
        if (!model.parameters().Any(p => p.requires_grad) && !model.Projections.Values.Any(p => p.Update is not null))
        {
            End();
            return;
        }
        var parts = CheckpointChoice.Of(model, execution, tokens);
        if (parts.Any(p => p != BlockPart.None))
            _anchor ??= zeros([1], device: model.Device, requires_grad: true).DetachFromDisposeScope();
        var done = model.BlockDone;
        foreach (var block in model.Blocks)
            block.Pass = new(parts[block.Index], execution.SavedActivations, _store, _anchor, done is null ? null : () => done(block))
            {
                Scope = block.Scope,
                Before = block.Before,
            };
    }

    /// <summary>Forgets inputs of a pass that never came to backward.</summary>
    public void Clear() => _store.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _store.Dispose();
        _anchor?.Dispose();
    }

    private void End()
    {
        foreach (var block in model.Blocks)
            block.Pass = null;
    }
}
