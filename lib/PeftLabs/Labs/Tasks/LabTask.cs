namespace PeftLabs.Labs;

/// <summary>
/// A task whose success can be counted: examples without end from a generator, in three splits that share no prompt, and metrics of what a
/// model answers.
/// </summary>
public abstract class LabTask
{
    /// <summary>Its name on the command line and its folder under data/tasks, for example <c>text-to-sql</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What is given and what is asked for, in a sentence.</summary>
    public abstract string Description { get; }

    /// <summary>What <see cref="Score"/> gives, in its order; the first is the one that the task is judged by.</summary>
    public abstract IReadOnlyList<string> Metrics { get; }

    /// <summary>Tokens that no right answer exceeds.</summary>
    public abstract int MaxNewTokens { get; }

    /// <summary>A text with which an answer ends where the model does not end it itself; the answer excludes it.</summary>
    public virtual string Stop => "\n";

    /// <summary>The examples of a split in their order, without end; the same on every platform.</summary>
    /// <param name="split">The split.</param>
    /// <param name="seed">Another seed gives other examples of the same split; 0 gives those under data/tasks.</param>
    public abstract IEnumerable<InstructionExample> Examples(TaskSplit split, ulong seed = 0);

    /// <summary>How good an answer is, from 0 to 1 by each of <see cref="Metrics"/>.</summary>
    /// <param name="example">The example.</param>
    /// <param name="answer">What the model wrote after the prompt, without <see cref="Stop"/>.</param>
    public abstract IReadOnlyList<double> Score(InstructionExample example, string answer);
}
