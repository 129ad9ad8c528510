using PeftLabs.Models;
using TorchSharp.Modules;

namespace PeftLabs.Training;

/// <summary>Parameters in the order in which backward comes to their modules.</summary>
internal static class BackwardOrder
{
    /// <summary>The last module of the model first; what belongs to no module comes last.</summary>
    public static IEnumerable<(string Name, Parameter Parameter)> Of(
        CausalLM model, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        var paths = Paths(model).ToList();
        // Adapters' names have a prefix before the module's path and a suffix after it.
        return parameters.OrderByDescending(p => paths.FindIndex(path => $".{p.Name}.".Contains($".{path}.", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Paths(CausalLM model)
    {
        yield return model.Config.Family.Embedding;
        foreach (var block in model.Blocks)
        {
            var (attention, feedForward) = (block.Attention, block.FeedForward);
            yield return block.AttentionNorm.Path;
            foreach (var projection in new[] { attention.Query, attention.Key, attention.Value, attention.Output })
                yield return projection.Path;
            yield return block.FeedForwardNorm.Path;
            foreach (var projection in new[] { feedForward.Gate, feedForward.Up, feedForward.Down })
                yield return projection.Path;
        }
        yield return model.FinalNorm.Path;
        yield return model.Head.Path;
    }
}
