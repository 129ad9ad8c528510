using PeftLabs.Memory;

namespace PeftLabs.Models;

/// <summary>Which part of each block a policy computes again.</summary>
internal static class CheckpointChoice
{
    /// <summary>The parts, a block each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="execution">The policy, and where inputs wait.</param>
    /// <param name="tokens">Tokens of the whole batch.</param>
    /// <exception cref="ArgumentException">The budget is below what recomputing every block needs.</exception>
    public static BlockPart[] Of(CausalLM model, ModelExecution execution, long tokens) => Of(execution, tokens, model.Config.HiddenSize,
        model.Blocks.Count, index => KeptActivations.Bytes(model.Config, model.Blocks[index], tokens, isReached: true));

    /// <summary>The same for a model of which only the shape is there.</summary>
    /// <param name="execution">The policy, and where inputs wait.</param>
    /// <param name="tokens">Tokens of the whole batch.</param>
    /// <param name="hidden">The hidden size.</param>
    /// <param name="blocks">How many blocks there are.</param>
    /// <param name="kept">Bytes that a block keeps where it is not computed again.</param>
    /// <exception cref="ArgumentException">The budget is below what recomputing every block needs.</exception>
    public static BlockPart[] Of(ModelExecution execution, long tokens, long hidden, int blocks, Func<int, long> kept)
    {
        var policy = execution.Checkpointing;
        var indices = Enumerable.Range(0, blocks);
        if (policy.BudgetBytes > 0)
            return WithinBudget(execution, tokens, hidden, [.. indices.Select(kept)]);
        if (policy.Every > 0)
            return [.. indices.Select(index => index % policy.Every == 0 ? BlockPart.Block : BlockPart.None)];
        var part = policy == CheckpointPolicy.Attention ? BlockPart.Attention
            : policy == CheckpointPolicy.FeedForward ? BlockPart.FeedForward : BlockPart.None;
        return [.. indices.Select(_ => part)];
    }

    // The last blocks are kept: backward has let them go when it comes to the first one that it computes again.
    private static BlockPart[] WithinBudget(ModelExecution execution, long tokens, long hidden, long[] blocks)
    {
        var parts = Array.ConvertAll(blocks, _ => BlockPart.Block);
        long input = SavedActivation.BytesOf(execution.SavedActivations) * tokens * hidden, kept = 0L;
        long Inputs(int count) => execution.Offload == ActivationOffload.None ? count * input : Math.Min(count, 2) * input;
        long budget = execution.Checkpointing.BudgetBytes, least = Inputs(parts.Length) + blocks.Max();
        if (least > budget)
            throw new ArgumentException($"Activations of {tokens} tokens cannot stay under {ByteSize.Format(budget)}: with every block "
                + $"computed again they take {ByteSize.Format(least)}. Raise the budget, make the batch smaller, or offload the inputs.");
        for (var i = parts.Length - 1; i >= 0 && Inputs(i) + kept + blocks[i] <= budget && Inputs(i) + blocks[..i].DefaultIfEmpty(0).Max() <= budget; i--)
            (parts[i], kept) = (BlockPart.None, kept + blocks[i]);
        return parts;
    }
}
