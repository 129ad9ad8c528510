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
        if (model.Config.Family.Positions is { } positions)
            yield return positions;
        foreach (var path in model.Blocks.SelectMany(Paths))
            yield return path;
        yield return model.FinalNorm.Path;
        yield return model.Head.Path;
    }

    private static IEnumerable<string> Paths(DecoderBlock block)
    {
        var (attention, feedForward) = (block.Attention, block.FeedForward);
        IEnumerable<string?> paths = [block.AttentionNorm.Path, .. attention.Inputs.Select(p => p.Path), attention.QueryNorm?.Path,
            attention.KeyNorm?.Path, attention.Output.Path, block.AttentionPostNorm?.Path, block.FeedForwardNorm.Path,
            .. feedForward.Inputs.Select(p => p.Path), feedForward.Down.Path, block.FeedForwardPostNorm?.Path];
        return paths.OfType<string>();
    }
}
