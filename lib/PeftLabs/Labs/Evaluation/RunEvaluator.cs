using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>
/// Evaluates a run's model on tasks and on text before the first step and after the last; the run's record has the figures, their intervals
/// and the tests of their changes.
/// </summary>
/// <param name="tasks">The tasks.</param>
/// <param name="text">The text; null for none.</param>
/// <param name="options">How much is asked; null for the defaults.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class RunEvaluator(
    IReadOnlyList<LabTask> tasks, TextDocuments? text = null, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null) : IRunEvaluator
{
    /// <summary>The evaluation before the first step; null before it was made.</summary>
    public ModelEvaluation? AtStart { get; private set; }

    /// <summary>The evaluation after the last step; null before it was made.</summary>
    public ModelEvaluation? AtEnd { get; private set; }

    /// <inheritdoc/>
    public void Before(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation) =>
        (AtStart, AtEnd) = (Evaluate("before", model, tokenizer, cancellation), null);

    /// <inheritdoc/>
    public IReadOnlyList<RunEvaluation> After(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation)
    {
        AtEnd = Evaluate("after", model, tokenizer, cancellation);
        return [.. EvaluationComparison.Of(AtStart!, AtEnd).Select(change => change.ToRunEvaluation())];
    }

    private ModelEvaluation Evaluate(string name, CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation) =>
        ModelEvaluation.Of(name, model, tokenizer, tasks, text, options, progress, cancellation);
}
