using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>A task's metrics on its held-out split, before a run and after it.</summary>
/// <param name="task">The task.</param>
/// <param name="examples">Examples of the split.</param>
/// <param name="progress">Told how far each of the two is.</param>
internal sealed class TaskRunEvaluator(LabTask task, int examples, IProgress<EvaluationProgress>? progress) : IRunEvaluator
{
    private TaskEvaluation? _before;

    public void Before(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation) =>
        _before = Evaluate(model, tokenizer, cancellation);

    public IReadOnlyList<RunEvaluation> After(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation) =>
        [.. EvaluationComparison.Of(_before!, Evaluate(model, tokenizer, cancellation)).Select(change => change.ToRunEvaluation())];

    private TaskEvaluation Evaluate(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation) =>
        new TaskEvaluator(model, tokenizer).Evaluate(task, new() { Examples = examples }, progress, cancellation);
}
