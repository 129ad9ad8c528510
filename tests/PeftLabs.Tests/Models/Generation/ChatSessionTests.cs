using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Models.Generation;

[Collection("Memory")]
public sealed class ChatSessionTests : IDisposable
{
    // A story goes on where the one before ended, so that a model of stories has something to say.
    private const string Story = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}\n\n{% endif %}{% endfor %}";

    private readonly CausalLM _model = CausalLM.Load(Shared.Fixture("models", "stories260K"));
    private readonly TextCompletion _completion;
    private readonly ChatTemplate _template = ChatTemplate.Parse(Story, new Dictionary<string, string> { ["bos_token"] = "<s>" });

    public ChatSessionTests() => _completion = new(_model, HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K")));

    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    public void A_turn_gives_what_the_whole_conversation_gives_without_what_the_cache_has_seen(double temperature)
    {
        var options = new GenerationOptions { MaxNewTokens = 12, Temperature = temperature, Seed = 5 };
        using var chat = new ChatSession(_completion, _template, options);
        foreach (var (turn, message) in new[] { "Once upon a time", "The dog", "One day Lily" }.Index())
        {
            var answer = chat.Answer(message, cancellation: TestContext.Current.CancellationToken);
            var text = _template.Render([.. chat.Messages.SkipLast(1)], addGenerationPrompt: true);
            var whole = _completion.Generate(_completion.Tokenizer.EncodeToIds(text, addSpecialTokens: false),
                options with { Seed = 5 + (ulong)turn }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(whole.Tokens, answer.Tokens);
            Assert.True(turn == 0 ? chat.ReusedTokens == 0 : chat.ReusedTokens > 10, $"{chat.ReusedTokens} tokens were reused");
        }
        Assert.Equal(["user", "assistant", "user", "assistant", "user", "assistant"], chat.Messages.Select(m => m.Role));
    }

    [Fact]
    public void Reset_begins_anew_behind_the_system_message()
    {
        using var chat = new ChatSession(_completion, _template, new() { MaxNewTokens = 10 }, "Tim was sad.");
        var first = chat.Answer("He cried", cancellation: TestContext.Current.CancellationToken);
        chat.Answer("Then", cancellation: TestContext.Current.CancellationToken);
        chat.Reset();
        Assert.Equal("Tim was sad.", Assert.Single(chat.Messages).Content);
        Assert.Equal(first.Tokens, chat.Answer("He cried", cancellation: TestContext.Current.CancellationToken).Tokens);
    }

    [Fact]
    public void A_cancelled_answer_stays_as_far_as_it_came()
    {
        using var chat = new ChatSession(_completion, _template, new() { MaxNewTokens = 100 });
        using var source = new CancellationTokenSource();
        var text = "";
        var answer = chat.Answer("Once upon a time", piece =>
        {
            text += piece;
            if (text.Length > 20)
                source.Cancel();
        }, source.Token);
        Assert.Equal((StopReason.Cancelled, text), (answer.Reason, answer.Text));
        Assert.Equal(text, chat.Messages[^1].Content);
        Assert.NotEqual("", chat.Answer("The end", cancellation: TestContext.Current.CancellationToken).Text);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal("", chat.Answer("never", cancellation: cancelled.Token).Text);
        Assert.Equal(4, chat.Messages.Count);
    }

    [Fact]
    public void A_conversation_that_is_too_long_is_refused_and_stays_as_it_was()
    {
        using var chat = new ChatSession(_completion, _template, new() { MaxNewTokens = 3 });
        chat.Answer("Once", cancellation: TestContext.Current.CancellationToken);
        var story = string.Concat(Enumerable.Repeat("long story ", 300));
        var refused = Assert.Throws<ArgumentException>(() => chat.Answer(story, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("positions for 512", refused.Message);
        Assert.Equal(2, chat.Messages.Count);
        Assert.NotEqual("", chat.Answer("One day", cancellation: TestContext.Current.CancellationToken).Text);
    }

    [Fact]
    public void A_message_that_got_no_answer_leaves_the_seed_as_it_was()
    {
        var options = new GenerationOptions { MaxNewTokens = 20, Temperature = 1, Seed = 9 };
        using var plain = new ChatSession(_completion, _template, options);
        using var tried = new ChatSession(_completion, _template, options);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        foreach (var message in new[] { "Once upon a time", "The dog" })
        {
            Assert.Equal("", tried.Answer("never", cancellation: cancelled.Token).Text);
            Assert.Equal(plain.Answer(message, cancellation: TestContext.Current.CancellationToken).Tokens,
                tried.Answer(message, cancellation: TestContext.Current.CancellationToken).Tokens);
        }
    }

    [Fact]
    public void An_answer_ends_where_the_template_ends_a_turn()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}. She{% endif %}{% endfor %}");
        using var chat = new ChatSession(_completion, template, new() { MaxNewTokens = 60 });
        var answer = chat.Answer("Once upon a time", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(StopReason.StopString, answer.Reason);
        Assert.EndsWith("named Lily", answer.Text);
    }

    [Fact]
    public void Its_cache_is_freed_with_it()
    {
        using var meter = MemoryMeter.Start();
        using (var chat = new ChatSession(_completion, _template, new() { MaxNewTokens = 5, Cache = KeyValueFormat.Int8 }))
        {
            chat.Answer("Once", cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(KeyValueCache.Bytes(_model.Config, 10, KeyValueFormat.Int8), meter.CurrentBytes);
        }
        Assert.Equal(0, meter.CurrentBytes);
    }

    public void Dispose() => _model.Dispose();
}
