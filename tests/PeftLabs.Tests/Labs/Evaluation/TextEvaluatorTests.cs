using FsCheck.Xunit;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Evaluation;

[Collection("Memory")]
public sealed class TextEvaluatorTests : IDisposable
{
    private const string Story = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park with her dog.";

    private readonly CausalLM _model = CausalLM.Load(Shared.Fixture("models", "stories260K"));
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K"));

    public void Dispose() => _model.Dispose();

    private PerplexityEvaluation Evaluate(EvaluationOptions options, params IReadOnlyList<string> documents) =>
        new TextEvaluator(_model, _tokenizer).Evaluate(new("texts", documents), options, cancellation: TestContext.Current.CancellationToken);

    private TokenizedExample Whole(string document) => new([_tokenizer.BosId!.Value, .. _tokenizer.EncodeToIds(document, false)], 1);

    private double Loss(TokenizedExample example)
    {
        using var batch = Batches.Collate([example]);
        using var loss = CausalLoss.Compute(_model, batch);
        return loss.item<float>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    public void Perplexity_is_the_exponential_of_the_loss_of_every_token_behind_the_first_one(int tokensAtOnce)
    {
        string[] documents = [Story, "Tim was sad.", "A big red ball! It rolled away and Ben ran after it."];
        var evaluation = Evaluate(new() { TokensAtOnce = tokensAtOnce }, documents);
        var (nats, tokens) = (0.0, 0);
        foreach (var example in documents.Select(Whole))
            (nats, tokens) = (nats + example.LearnedTokens * Loss(example), tokens + example.LearnedTokens);
        Assert.Equal((3, (long)tokens), (evaluation.Documents, evaluation.Tokens));
        Assert.Equal(nats / tokens, evaluation.Loss.Mean, 1e-5);
        Assert.Equal(Math.Exp(evaluation.Loss.Mean), evaluation.Perplexity.Mean, 1e-12);
        Assert.Equal(nats / Math.Log(2) / documents.Sum(d => d.Length), evaluation.BitsPerByte, 1e-5);
        Assert.True(evaluation.Perplexity.Low < evaluation.Perplexity.Mean && evaluation.Perplexity.Mean < evaluation.Perplexity.High);
    }

    [Fact]
    public void Of_a_long_document_each_window_adds_what_the_one_before_did_not_see()
    {
        var whole = Whole(Story);
        var evaluation = Evaluate(new() { Window = 16 }, Story);
        Assert.Equal(whole.LearnedTokens, evaluation.Tokens);
        var nats = 16 - 1 is var first ? first * Loss(new([.. whole.Ids.Take(16)], 1)) : 0;
        for (var begin = 8; begin + 8 < whole.Ids.Count; begin += 8)
        {
            var window = new TokenizedExample([.. whole.Ids.Skip(begin).Take(16)], 8);
            nats += window.LearnedTokens * Loss(window);
        }
        Assert.Equal(nats / whole.LearnedTokens, evaluation.Loss.Mean, 1e-5);
        Assert.True(evaluation.Parts.Count > 1 && evaluation.Loss.Low < evaluation.Loss.High, "of one document the windows are drawn");
        Assert.True(evaluation.Loss.Mean > Evaluate(new(), Story).Loss.Mean, "less context must predict less well");
    }

    [Property(MaxTest = 50)]
    public bool Each_token_but_the_first_is_predicted_once_from_half_a_window_at_least(byte count, byte size)
    {
        var window = 2 + size % 30;
        int[] ids = [.. Enumerable.Range(0, count)];
        var windows = TextWindows.Of(ids, window).ToList();
        var predicted = windows.SelectMany(w => w.Ids.Where((_, i) => w.IsLearned(i)));
        return predicted.SequenceEqual(ids.Skip(1)) && windows.All(w => w.Ids.Count <= window)
            && windows.Skip(1).All(w => w.PromptTokens >= window / 2);
    }

    [Fact]
    public void A_model_s_positions_bound_the_window()
    {
        var text = string.Join(' ', Enumerable.Repeat(Story, 20));
        Assert.Equal(Evaluate(new() { Window = _model.Config.MaxPositions }, text).Loss, Evaluate(new() { Window = 1 << 20 }, text).Loss);
    }

    [Fact]
    public void Texts_without_a_token_to_predict_are_refused() =>
        Assert.Contains("No token of texts can be predicted: its 2 documents", Assert.Throws<ArgumentException>(() => Evaluate(new(), "", "")).Message);

    [Fact]
    public void General_text_is_the_held_out_stream_of_labs()
    {
        var text = TextDocuments.General(3, seed: 5);
        Assert.Equal(TextGenerator.HeldOut(5).Take(3), text.Documents);
        Assert.Empty(text.Documents.Intersect(TextGenerator.Documents(5).Take(2000)));
    }
}
