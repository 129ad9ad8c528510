using System.Diagnostics;
using System.Text;
using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// Takes the perplexity of a model, with the adapter that it wears, on texts: what fine-tuning makes it forget. Each document is read by
/// itself, behind the token that begins a text; where the tokenizer has none, behind the one that ends a text, as between documents; and
/// where it has neither, from its second token on. Each other token counts once, wherever windows are cut.
/// </summary>
public sealed class TextEvaluator(CausalLM model, HuggingFaceTokenizer tokenizer)
{
    /// <summary>Takes the perplexity of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The window, the seed, and how much goes through the model at once; null for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">No token of the texts can be predicted.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PerplexityEvaluation Evaluate(
        TextDocuments texts, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var start = Stopwatch.GetTimestamp();
        var documents = texts.Documents.Select(text => TextWindows.Of(Tokens(text), Window(options)).ToList()).ToList();
        List<TokenizedExample> windows = [.. documents.SelectMany(document => document)];
        if (windows.Count == 0)
            throw new ArgumentException(
                $"No token of {texts.Name} can be predicted: its {documents.Count} documents are empty, or a token each.", nameof(texts));
        var told = new EvaluationClock(texts.Name, windows.Sum(window => (long)window.LearnedTokens), "tokens", progress);
        var losses = SequenceLosses.Of(model, windows, options.TokensAtOnce, some => told.Add(some.Sum(window => window.LearnedTokens)), cancellation);
        var parts = Parts(documents, losses);
        var loss = MetricScore.OfLosses("loss", parts, options.Seed);
        return new(texts.Name, documents.Count, loss, loss.ToPerplexity("perplexity"), parts)
        {
            Bytes = texts.Documents.Sum(text => (long)Encoding.UTF8.GetByteCount(text)),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    private int Window(EvaluationOptions options) => Math.Min(options.Window, model.Config.MaxPositions);

    private List<int> Tokens(string text)
    {
        List<int> ids = [.. tokenizer.EncodeToIds(text, false)];
        if ((tokenizer.BosId ?? tokenizer.EosId) is { } first && first < model.Config.VocabularySize)
            ids.Insert(0, first);
        return ids;
    }

    // A document's windows hang together: it is drawn whole, unless it is the only one.
    private static IReadOnlyList<TextLoss> Parts(List<List<TokenizedExample>> documents, TextLoss[] losses)
    {
        List<TextLoss> parts = [];
        var next = 0;
        foreach (var document in documents.Where(document => document.Count > 0))
        {
            var own = losses[next..(next += document.Count)];
            parts.Add(new(own.Sum(loss => loss.Nats), own.Sum(loss => loss.Tokens)));
        }
        return parts.Count > 1 ? parts : losses;
    }
}
