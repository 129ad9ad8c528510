using System.Text.Json.Nodes;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Models.Generation;

/// <summary>With a real trained model, so that texts are texts.</summary>
public sealed class TextCompletionTests : IDisposable
{
    private readonly CausalLM _model = CausalLM.Load(Shared.Fixture("models", "stories260K"));
    private readonly TextCompletion _completion;

    public TextCompletionTests() =>
        _completion = new(_model, HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K")));

    [Fact]
    public void Texts_continue_as_the_golden_ones_do()
    {
        var stories = JsonNode.Parse(File.ReadAllText(Shared.Fixture("models", "stories260K", "expected.json")))!["greedy"]!.AsArray();
        foreach (var story in stories)
        {
            var (prompt, text) = ((string)story!["prompt"]!, (string)story["text"]!);
            var options = new GenerationOptions { MaxNewTokens = story["ids"]!.AsArray().Count - story["prompt_ids"]!.AsArray().Count };
            Assert.Equal(text, prompt + _completion.Generate(prompt, options, cancellation: TestContext.Current.CancellationToken).Text);
            Assert.Equal(text, prompt + string.Concat(_completion.Stream(prompt, options, TestContext.Current.CancellationToken)));
        }
    }

    [Theory]
    [InlineData("girl named")]
    [InlineData("ed Lil")]
    [InlineData(" to play outside")]
    public void A_text_ends_before_a_stop_string_wherever_tokens_begin(string stop)
    {
        const string Prompt = "Once upon a time";
        var free = _completion.Generate(Prompt, new() { MaxNewTokens = 40 }, cancellation: TestContext.Current.CancellationToken).Text;
        var pieces = new List<string>();
        var options = new GenerationOptions { MaxNewTokens = 40, StopStrings = ["never", stop] };
        var cut = _completion.Generate(Prompt, options, pieces.Add, TestContext.Current.CancellationToken);
        Assert.Equal(free[..free.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal((cut.Text, StopReason.StopString), (string.Concat(pieces), cut.Reason));
    }

    [Fact]
    public void Several_prompts_get_what_each_gets_alone()
    {
        string[] prompts = ["Once upon a time", "Lily and Ben", "The dog", "One day, a big red ball"];
        var options = new GenerationOptions { MaxNewTokens = 30, Temperature = 0.8, TopP = 0.9, Seed = 11, BatchSize = 3 };
        var ended = new List<int>();
        var together = _completion.Generate(prompts, options, (i, _) => ended.Add(i), TestContext.Current.CancellationToken);
        foreach (var (i, prompt) in prompts.Index())
        {
            var alone = _completion.Generate(
                prompt, options with { Seed = 11 + (ulong)i }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(alone.Text, together[i].Text);
        }
        Assert.Equal([0, 1, 2, 3], ended.Order());
    }

    // The vocabulary has these characters only as the tokens of their bytes.
    [Fact]
    public void Pieces_hold_whole_characters()
    {
        const string Text = "€ü";
        var ids = _completion.Tokenizer.EncodeToIds(Text, addSpecialTokens: false);
        Assert.True(ids.Count > 3, $"{ids.Count} tokens");
        var text = new TextAssembler(_completion.Tokenizer, [], []);
        List<string> pieces = [.. ids.Select(text.Add), text.Finish()];
        Assert.All(pieces, piece => Assert.DoesNotContain('\uFFFD', piece));
        Assert.Equal((Text, Text), (string.Concat(pieces), text.Text));
    }

    [Fact]
    public void Pieces_together_are_the_text_whatever_is_drawn()
    {
        var options = new GenerationOptions { MaxNewTokens = 200, Temperature = 3, Seed = 5 };
        var pieces = _completion.Stream("€ ü", options, TestContext.Current.CancellationToken).ToList();
        Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece[^1])));
        Assert.Equal(_completion.Generate("€ ü", options, cancellation: TestContext.Current.CancellationToken).Text, string.Concat(pieces));
    }

    [Theory]
    [InlineData(KeyValueFormat.BFloat16)]
    [InlineData(KeyValueFormat.Int8)]
    public void A_rounded_cache_hardly_changes_a_story(KeyValueFormat format)
    {
        var exact = _completion.Generate("Once upon a time", new() { MaxNewTokens = 60 }, cancellation: TestContext.Current.CancellationToken);
        var rounded = _completion.Generate(
            "Once upon a time", new() { MaxNewTokens = 60, Cache = format }, cancellation: TestContext.Current.CancellationToken);
        Assert.True(exact.Tokens.Zip(rounded.Tokens).TakeWhile(t => t.First == t.Second).Count() > 20, rounded.Text);
    }

    public void Dispose() => _model.Dispose();
}
