using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Evaluation;

/// <summary>A task of given examples, whose answers are right to the letter, or by the share of letters that they begin with right.</summary>
internal sealed class ListTask(params IReadOnlyList<InstructionExample> examples) : LabTask
{
    public override string Name => "list";

    public override string Description => "Given examples.";

    public override IReadOnlyList<string> Metrics => ["exact match", "beginning"];

    public override int MaxNewTokens => 12;

    public override string Stop => ".";

    public Func<InstructionExample, string, IReadOnlyList<double>>? Scoring { get; init; }

    public override IEnumerable<InstructionExample> Examples(TaskSplit split, ulong seed = 0) => split == TaskSplit.HeldOut ? examples : [];

    public override IReadOnlyList<double> Score(InstructionExample example, string answer)
    {
        var right = example.Completion.Zip(answer).TakeWhile(pair => pair.First == pair.Second).Count();
        return Scoring is null ? [example.Completion == answer ? 1 : 0, right / (double)example.Completion.Length] : Scoring(example, answer);
    }
}
