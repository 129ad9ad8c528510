using System.Text.Encodings.Web;
using System.Text.Json;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Evaluation;

/// <summary>Writes evaluations as tables, or as one JSON object.</summary>
/// <param name="model">What the model is called.</param>
/// <param name="request">What was asked for.</param>
/// <param name="evaluations">What came out; the first is what the others are compared with.</param>
public sealed class EvaluationOutput(string model, EvaluateRequest request, IReadOnlyList<ModelEvaluation> evaluations)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes them.</summary>
    public void Write(TextWriter output)
    {
        if (request.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(Json(), s_json));
            return;
        }
        output.WriteLine($"{model}: the {SplitName} split, seed {request.Options.Seed}");
        if (evaluations.Count == 1)
            WriteTable(output, EvaluationTable.Text(evaluations[0]));
        foreach (var after in evaluations.Skip(1))
            WriteTable(output, EvaluationTable.Text(evaluations[0], after));
        foreach (var evaluation in evaluations)
            WriteFailures(output, evaluation);
    }

    private string SplitName => request.Options.Split == TaskSplit.Validation ? "validation" : "held-out";

    private static void WriteTable(TextWriter output, string table) => output.WriteLine($"\n{table}");

    private void WriteFailures(TextWriter output, ModelEvaluation evaluation)
    {
        foreach (var task in evaluation.Tasks)
        {
            var failures = task.Failures.ToList();
            foreach (var (index, failure) in failures.Take(request.Show).Index())
                output.WriteLine($"\n{evaluation.Name}, {task.Task}, {index + 1} of {failures.Count} wrong answers{(failure.IsCut ? " (cut)" : "")}\n"
                    + $"prompt    {Indented(failure.Prompt)}\nexpected  {Indented(failure.Expected)}\nanswer    {Indented(failure.Answer)}");
        }
    }

    private static string Indented(string text) => text.ReplaceLineEndings("\n          ");

    private object Json() => new
    {
        model,
        split = SplitName,
        seed = request.Options.Seed,
        evaluations = evaluations.Select(evaluation => new
        {
            name = evaluation.Name,
            tasks = evaluation.Tasks.Select(Json),
            text = evaluation.Text is { } text ? Json(text) : null,
        }),
        comparisons = evaluations.Skip(1).Select(after => new
        {
            before = evaluations[0].Name,
            after = after.Name,
            changes = EvaluationComparison.Of(evaluations[0], after).Select(Json),
        }),
    };

    private object Json(TaskEvaluation task) => new
    {
        task = task.Task,
        count = task.Count,
        metrics = task.Metrics.Select(Json),
        loss = Json(task.Loss),
        cut = task.Cut,
        generated_tokens = task.GeneratedTokens,
        seconds = task.Seconds,
        failures = task.Failures.Take(request.Show).Select(failure => new { failure.Prompt, failure.Expected, failure.Answer, failure.Scores }),
    };

    private static object Json(PerplexityEvaluation text) => new
    {
        text = text.Text,
        documents = text.Documents,
        tokens = text.Tokens,
        bytes = text.Bytes,
        perplexity = Json(text.Perplexity),
        loss = Json(text.Loss),
        bits_per_byte = Number(text.BitsPerByte),
        seconds = text.Seconds,
    };

    private static object Json(MetricScore score) =>
        new { name = score.Name, value = Number(score.Mean), low = Number(score.Low), high = Number(score.High) };

    private static object Json(MetricChange change) => new
    {
        of = change.Of,
        name = change.Before.Name,
        before = Number(change.Before.Mean),
        after = Number(change.After.Mean),
        change = Number(change.Change),
        low = Number(change.Low),
        high = Number(change.High),
        p = Number(change.PValue),
        test = change.Test == PairedTest.McNemar ? "mcnemar" : "paired_bootstrap",
    };

    // JSON has no infinity, and no "not a number".
    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}
