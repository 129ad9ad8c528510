using System.Text.Json.Nodes;
using PeftLabs.Tests.Tokenization;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public class ConversationTokenizerTests
{
    // ChatML without generation blocks: as most models have it.
    private const string Unmarked = """
        {% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}
        {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """;

    private static readonly ChatMessage[] _talk =
        [new("system", "Be brief."), new("user", "Is 7 prime?"), new("assistant", "Yes 👍"), new("user", "And 8?"), new("assistant", "No.\n")];

    [Fact]
    public void The_assistants_words_and_the_token_after_them_are_learned_and_nothing_else()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "qwen2"));
        var example = new ConversationTokenizer(tokenizer, ChatFormats.ChatML).Tokenize(_talk);
        Assert.Equal(tokenizer.EncodeToIds(ChatFormats.ChatML.Render(_talk), addSpecialTokens: false), example.Ids);
        var learned = example.Ids.Where((_, i) => example.IsLearned(i));
        Assert.Equal("Yes 👍<|im_end|>No.\n<|im_end|>", tokenizer.Decode(learned, skipSpecialTokens: false));
    }

    [Fact]
    public void A_template_that_marks_nothing_gives_the_same_mask()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "qwen2"));
        var marked = new ConversationTokenizer(tokenizer, ChatFormats.ChatML).Tokenize(_talk);
        var unmarked = new ConversationTokenizer(tokenizer, ChatTemplate.Parse(Unmarked)).Tokenize(_talk);
        Assert.Equal(marked.Ids, unmarked.Ids);
        Assert.Equal(marked.Learned, unmarked.Learned);
        Assert.Equal(marked.LearnedTokens, unmarked.LearnedTokens);
    }

    [Fact]
    public void Nothing_is_cut_where_the_tokenizers_file_asks_for_truncation()
    {
        using var file = PatchedFixture.Write("qwen2", JsonNode.Parse("""
            {"truncation":{"direction":"Right","max_length":4,"strategy":"LongestFirst","stride":0}}
            """)!.AsObject());
        var tokenizer = HuggingFaceTokenizer.Load(file.Path);
        var example = new ConversationTokenizer(tokenizer, ChatFormats.ChatML).Tokenize(_talk);
        Assert.Equal(4, tokenizer.EncodeToIds(ChatFormats.ChatML.Render(_talk)).Count);
        Assert.Equal(ChatFormats.ChatML.Render(_talk), tokenizer.Decode(example.Ids, skipSpecialTokens: false));
    }

    [Fact]
    public void A_token_that_holds_the_first_of_the_answer_is_learned()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "gpt2"));
        var template = ChatTemplate.Parse(
            "{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ '\n\n' }}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}");
        var example = new ConversationTokenizer(tokenizer, template).Tokenize([new("user", "Hi"), new("assistant", " the end")]);
        Assert.Equal(" the end\n\n", tokenizer.Decode(example.Ids.Where((_, i) => example.IsLearned(i))));
    }
}
