using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>How a model, bare or with an adapter, did on tasks and on text.</summary>
/// <param name="Name">What tables call it, such as "base" or the adapter's name.</param>
/// <param name="Tasks">Task by task.</param>
/// <param name="Text">On text; null where none was asked for.</param>
public sealed record ModelEvaluation(string Name, IReadOnlyList<TaskEvaluation> Tasks, PerplexityEvaluation? Text = null)
{
    /// <summary>Evaluates a model with the adapter that it wears.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="text">The text; null for none.</param>
    /// <param name="options">How much is asked; null for the defaults.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <inheritdoc cref="TaskEvaluator.Evaluate" path="/exception"/>
    public static ModelEvaluation Of(string name, CausalLM model, HuggingFaceTokenizer tokenizer, IReadOnlyList<LabTask> tasks, TextDocuments? text = null,
        EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        var evaluator = new TaskEvaluator(model, tokenizer);
        List<TaskEvaluation> done = [.. tasks.Select(task => evaluator.Evaluate(task, options, progress, cancellation))];
        return new(name, done, text is null ? null : new TextEvaluator(model, tokenizer).Evaluate(text, options, progress, cancellation));
    }

    /// <summary>Every figure, with the task or text that it is of.</summary>
    public IEnumerable<(string Of, MetricScore Score)> Scores =>
        Tasks.SelectMany(task => task.Scores.Select(score => (task.Task, score)))
            .Concat(Text is null ? [] : [(Text.Text, Text.Perplexity)]);
}
