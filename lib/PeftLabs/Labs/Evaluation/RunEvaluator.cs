using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>
/// Evaluates a run's model on tasks and on text before the first step and after the last. The record has the figures;
/// <see cref="Record"/> puts their intervals and the tests of their changes beside them once the run has ended.
/// </summary>
/// <param name="tasks">The tasks.</param>
/// <param name="text">The text; null for none.</param>
/// <param name="options">How much is asked; null for the defaults.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class RunEvaluator(
    IReadOnlyList<LabTask> tasks, TextDocuments? text = null, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null) : IRunEvaluator
{
    /// <inheritdoc/>
    public bool Before => true;

    /// <summary>The evaluation before the first step; null before it was made.</summary>
    public ModelEvaluation? AtStart { get; private set; }

    /// <summary>The evaluation after the last step; null before it was made.</summary>
    public ModelEvaluation? AtEnd { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Unit, double Value)> Evaluate(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation)
    {
        var evaluation = ModelEvaluation.Of(AtStart is null ? "before" : "after", model, tokenizer, tasks, text, options, progress, cancellation);
        (AtStart, AtEnd) = AtStart is null ? (evaluation, null) : (AtStart, evaluation);
        return [.. evaluation.Scores.Select(figure => figure.Score.ToFigure(figure.Of))];
    }

    /// <summary>Puts intervals and p-values into the record of the run that has ended.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="InvalidOperationException">The run has not ended.</exception>
    public RunRecord Record(string folder) => AtStart is null || AtEnd is null
        ? throw new InvalidOperationException("The run has not ended: its model was not evaluated after the last step.")
        : EvaluationRecord.Add(folder, [.. EvaluationComparison.Of(AtStart, AtEnd).Select(change => change.ToRunEvaluation())]);
}
