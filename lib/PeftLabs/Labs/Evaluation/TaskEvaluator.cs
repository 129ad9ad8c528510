using System.Diagnostics;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// Scores a model, with the adapter that it wears, on tasks: it writes an answer to each prompt, always taking the likeliest token, and
/// the task says how good that is. Prompts and completions are made tokens as for training, so that a model sees what it was trained on.
/// </summary>
public sealed class TaskEvaluator(CausalLM model, HuggingFaceTokenizer tokenizer)
{
    /// <summary>Scores the model on a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">How much is asked; null for the defaults.</param>
    /// <param name="progress">Told after each example.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">The split is empty, or an example is longer than the model has positions.</exception>
    /// <exception cref="GenerationException">The model's logits are broken.</exception>
    /// <exception cref="InvalidOperationException">The task gave scores that are not from 0 to 1, or not one for each metric.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TaskEvaluation Evaluate(
        LabTask task, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var start = Stopwatch.GetTimestamp();
        var examples = task.Examples(options.Split, options.Seed).Take(options.Examples).ToList();
        if (examples.Count == 0)
            throw new ArgumentException($"The task {task.Name} has no {options.Split} example with the seed {options.Seed}.", nameof(task));
        var tokens = examples.ConvertAll(example => LabExamples.Tokenize(tokenizer, example));
        CheckLengths(task, tokens);
        var losses = Losses(task, tokens, options, progress, cancellation);
        var answers = Answers(task, tokens, options, progress, cancellation);
        var scored = examples.Select((example, i) => Score(task, example, answers[i], losses[i])).ToList();
        return new(task.Name, options.Split, options.Seed, [.. task.Metrics.Select((metric, i) => Metric(metric, i, scored, options.Seed))],
            MetricScore.OfLosses("loss of the expected answer", losses, options.Seed), scored)
        {
            GeneratedTokens = answers.Sum(answer => answer.Tokens.Count),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    private void CheckLengths(LabTask task, List<TokenizedExample> tokens)
    {
        var longest = tokens.Index().MaxBy(example => example.Item.Ids.Count);
        if (longest.Item.Ids.Count > model.Config.MaxPositions)
            throw new ArgumentException($"Example {longest.Index + 1} of {task.Name} has {longest.Item.Ids.Count} tokens with its answer; the "
                + $"model has positions for {model.Config.MaxPositions}.", nameof(task));
    }

    private TextLoss[] Losses(LabTask task, List<TokenizedExample> tokens, EvaluationOptions options,
        IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        var told = new EvaluationClock($"{task.Name}, losses", tokens.Count, "examples", progress);
        return SequenceLosses.Of(model, tokens, options.TokensAtOnce, some => told.Add(some.Count), cancellation);
    }

    private IReadOnlyList<GeneratedText> Answers(LabTask task, List<TokenizedExample> tokens, EvaluationOptions options,
        IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        var told = new EvaluationClock($"{task.Name}, answers", tokens.Count, "examples", progress);
        var generation = new GenerationOptions
        {
            MaxNewTokens = task.MaxNewTokens,
            StopStrings = task.Stop.Length > 0 ? [task.Stop] : [],
            StopTokens = [LabExamples.EndToken(tokenizer)],
            BatchSize = options.BatchSize,
        };
        IReadOnlyList<IReadOnlyList<int>> prompts = [.. tokens.Select(example => (IReadOnlyList<int>)[.. example.Ids.Take(example.PromptTokens)])];
        return new TextCompletion(model, tokenizer).Generate(prompts, generation, (_, _) => told.Add(1), cancellation);
    }

    private static ScoredExample Score(LabTask task, InstructionExample example, GeneratedText answer, TextLoss loss)
    {
        var scores = task.Score(example, answer.Text);
        if (scores.Count != task.Metrics.Count || scores.Any(score => score is not (>= 0 and <= 1)))
            throw new InvalidOperationException($"The task {task.Name} scored an answer {string.Join(", ", scores)}; it has the metrics "
                + $"{string.Join(", ", task.Metrics)}, and needs a number from 0 to 1 for each.");
        return new(example.Prompt, example.Completion, answer.Text, scores, loss)
        {
            IsCut = answer.Reason is StopReason.MaxNewTokens or StopReason.ContextFull,
        };
    }

    private static MetricScore Metric(string name, int index, List<ScoredExample> scored, ulong seed) =>
        MetricScore.OfScores(name, scored.ConvertAll(example => example.Scores[index]), seed);
}
