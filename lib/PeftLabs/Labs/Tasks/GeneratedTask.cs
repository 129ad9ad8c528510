namespace PeftLabs.Labs;

/// <summary>A task whose examples are drawn one by one from numbered streams of a seed, each going to the split of its prompt's hash.</summary>
internal abstract class GeneratedTask : LabTask
{
    /// <inheritdoc/>
    public sealed override IEnumerable<InstructionExample> Examples(TaskSplit split, ulong seed = 0)
    {
        for (var index = 0UL; ; index++)
        {
            var example = Draw(SplitMix64.Stream(seed, index));
            if (PromptHash.Split(example.Prompt) == split)
                yield return example;
        }
    }

    /// <summary>One example, of whatever split.</summary>
    protected abstract InstructionExample Draw(SplitMix64 random);
}
